import { chmodSync, symlinkSync } from 'node:fs'
import type { Socket } from 'node:net'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { freePort, takePort } from '@rangekit/test-kit/ports'
import { run } from '@rangekit/test-kit/processes'
import { exchange, field, openSocket } from '@rangekit/test-kit/raw'
import { findTool } from '@rangekit/test-kit/tools'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { commandLine, runCommand, startCommand, startServer } from './support/server.ts'

let folder: TestFolder
beforeAll(() => {
  folder = makeFolder()
  folder.put('a.txt', 'hello')
})
afterAll(() => folder.remove())

describe('the ready line', () => {
  it('names the folder as it was given and the address, and is all that is printed', async () => {
    const port = await freePort()
    await using server = await startCommand([folder.path, '--port', String(port)])
    expect((await fetch(`${server.origin}/api/stream/a.txt`)).status).toBe(200)
    expect(await server.stop()).toBe(0)
    expect(server.stdout).toBe(`Rangekit is serving ${folder.path} at http://127.0.0.1:${port}/\n`)
    expect(server.stderr).toBe('')
  })

  it('names the port that was taken for port 0', async () => {
    await using server = await startServer(folder.path)
    expect(server.port).toBeGreaterThan(0)
    expect((await fetch(`${server.origin}/api/stream/a.txt`)).status).toBe(200)
  })

  it('takes short flags, and flags before the folder', async () => {
    await using server = await startCommand(['-p', '0', '--host', '127.0.0.2', folder.path])
    expect(server.stdout).toBe(`Rangekit is serving ${folder.path} at http://127.0.0.2:${server.port}/\n`)
    expect(await (await fetch(`${server.origin}/api/stream/a.txt`)).text()).toBe('hello')
  })
})

describe('what it says of itself', () => {
  it('lists its options, their defaults and the environment for --help', async () => {
    const { code, stdout, stderr } = await runCommand(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: rangekit .*\[dir\]/)
    for (const text of ['--port', '8001', '--host', '127.0.0.1', '--version', 'PORT', 'HOST', 'MEDIA_DIR']) {
      expect(stdout).toContain(text)
    }
  })

  it('prints its version', async () => {
    expect(await runCommand(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
  })
})

describe('the environment', () => {
  it('gives the folder, the port and the address', async () => {
    const port = await freePort()
    const env = { MEDIA_DIR: folder.path, PORT: String(port), HOST: '127.0.0.2' }
    await using server = await startCommand([], env)
    expect(server.stdout).toBe(`Rangekit is serving ${folder.path} at http://127.0.0.2:${port}/\n`)
  })

  it('gives way to what stands on the command line', async () => {
    const env = { MEDIA_DIR: folder.at('missing'), PORT: '1', HOST: '192.0.2.1' }
    await using server = await startCommand([folder.path, '--port', '0', '--host', '127.0.0.1'], env)
    expect(server.stdout).toBe(`Rangekit is serving ${folder.path} at http://127.0.0.1:${server.port}/\n`)
  })
})

describe('--cors', () => {
  const [player, viewer] = ['https://player.example', 'http://localhost:5173']

  /** What pages of an origin are allowed. */
  const allowed = async (port: number, origin: string) =>
    field(await exchange(port, 'GET /api/stream/a.txt', [`Origin: ${origin}`]), 'access-control-allow-origin')

  it('takes one origin and leaves the folder after it alone', async () => {
    await using server = await startCommand(['--port', '0', '--cors', player, folder.path])
    expect(server.stdout).toContain(`is serving ${folder.path} at`)
    expect(await allowed(server.port, player)).toBe(player)
    expect(await allowed(server.port, viewer)).toBeUndefined()
  })

  it('allows each origin where it is repeated, and no other', async () => {
    await using server = await startServer(folder.path, { args: ['--cors', player, '--cors', viewer] })
    expect(await allowed(server.port, player)).toBe(player)
    expect(await allowed(server.port, viewer)).toBe(viewer)
    expect(await allowed(server.port, 'https://other.example')).toBeUndefined()
  })

  it.each([['*'], [player, '*']])('allows all origins with * among %j', async (...origins) => {
    await using server = await startServer(folder.path, {
      args: origins.flatMap((origin) => ['--cors', origin]),
    })
    expect(await allowed(server.port, 'https://other.example')).toBe('*')
  })
})

describe('durations', () => {
  it.each([
    ['--head-timeout', '250ms', '--write-timeout', '500ms'],
    ['--head-timeout', '1.1s', '--write-timeout', '1.0001s'],
    ['--head-timeout', '24d', '--write-timeout', '24d'],
  ])('%s %s %s %s is served with', async (...args) => {
    await using server = await startServer(folder.path, { args })
    const { status } = await exchange(server.port, 'GET /api/stream/a.txt')
    expect([status, server.stderr]).toEqual([200, ''])
  })

  it('0s for --drain cuts a download that runs', async () => {
    folder.putSparse('large.bin', 32 * 1024 * 1024)
    await using server = await startServer(folder.path, { args: ['--drain', '0s'] })
    const socket = await openSocket(server.port)
    socket.write('GET /api/stream/large.bin HTTP/1.1\r\nHost: a\r\n\r\n')
    await new Promise((resolve) => socket.once('readable', resolve))
    expect(await server.stop()).toBe(0)
    expect(server.stderr).toBe('')
    socket.destroy()
  })
})

describe('what it refuses with one line and exit code 1', () => {
  const refused = (line: RegExp) => ({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(new RegExp(`^${line.source}\n$`)),
  })

  it('a folder that is not there', async () => {
    expect(await runCommand([folder.at('missing')])).toEqual(
      refused(/rangekit: there is no folder \S+missing/),
    )
  })

  it('a file', async () => {
    expect(await runCommand([folder.at('a.txt')])).toEqual(refused(/rangekit: \S+a\.txt is not a folder/))
  })

  it('a path through a file', async () => {
    expect(await runCommand([folder.at('a.txt/b')])).toEqual(
      refused(/rangekit: the folder \S+ cannot be read/),
    )
  })

  it('a link that leads to itself', async () => {
    symlinkSync('loop', folder.at('loop'))
    expect(await runCommand([folder.at('loop')])).toEqual(refused(/rangekit: the folder \S+ cannot be read/))
  })

  // Permissions mean nothing to root, unless it gives that power away.
  const asRoot = process.getuid?.() === 0
  const setpriv = asRoot ? findTool('setpriv', 'util-linux') : 'not needed'
  it.skipIf(setpriv === undefined)('a folder without the permission to read it', async () => {
    using closed = makeFolder()
    chmodSync(closed.path, 0o000)
    const drop = [setpriv ?? '', '--bounding-set=-dac_override,-dac_read_search', '--']
    const [file = '', ...args] = [...(asRoot ? drop : []), ...commandLine(closed.path, '--port', '0')]
    expect(await run(file, args)).toEqual(refused(/rangekit: the folder \S+ cannot be read/))
  })

  it('a port that is taken', async () => {
    const { port, close } = await takePort()
    const finished = await runCommand([folder.path, '--port', String(port)])
    await close()
    expect(finished).toEqual(refused(new RegExp(`rangekit: port ${port} is taken; .+`)))
  })

  it('an address that is not this machine’s', async () => {
    const finished = await runCommand([folder.path, '--port', '0', '--host', '192.0.2.1'])
    expect(finished).toEqual(refused(/rangekit: cannot listen on 192\.0\.2\.1:0 .+/))
  })

  it.each(['abc', '70000', '-1', '80.5', '', '1e3'])('the port %j', async (port) => {
    const finished = await runCommand([folder.path, `--port=${port}`])
    expect(finished).toEqual(refused(/error: .*port.*/))
  })

  // All values that are refused: ../src/cli-options.test.ts
  it.each([
    ['--drain', '999999999d', 'from 0s to 24d'],
    ['--write-timeout', '0s', 'from 1ms to 24d'],
    ['--head-timeout', '0', 'from 1ms to 24d'],
    ['--cors', 'https://player.example/', 'an origin'],
    ['--cache-control', 'max-age=3600 ✓', 'max-age=3600'],
  ])('the option %s=%s', async (option, value, reason) => {
    const finished = await runCommand([folder.path, '--port', '0', `${option}=${value}`])
    expect(finished).toEqual(refused(/error: option '.*' argument '.*' is invalid\. Expected .*\./))
    expect(finished.stderr).toContain(reason)
  })

  it('an address from the environment that is empty', async () => {
    expect(await runCommand([folder.path, '--port', '0'], { HOST: '' })).toEqual(refused(/error: .*HOST.*/))
  })

  it.each(['500ms', '40000d'])('a link that is valid for %s', async (time) => {
    const args = ['sign', 'a.txt', '--secret-file', folder.put('secret', 's'), `--expires-in=${time}`]
    expect(await runCommand(args)).toEqual(refused(/error: .* from 1s to 36500d\./))
  })

  it('a port from the environment that is none', async () => {
    expect(await runCommand([folder.path], { PORT: 'http' })).toEqual(refused(/error: .*PORT.*/))
  })

  it.each([['--nonsense'], ['one', 'two']])('the arguments %j %j', async (...args) => {
    expect(await runCommand(args.filter(Boolean))).toEqual(refused(/error: .*/))
  })
})

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  // Milliseconds: the time that idle connections are left, and no more. They would live for 5 s.
  const within = 3000

  async function timedStop(server: Awaited<ReturnType<typeof startServer>>) {
    const started = performance.now()
    const code = await server.stop(signal)
    return { code, inTime: performance.now() - started < within, stderr: server.stderr }
  }

  it('ends it with exit code 0 at once', async () => {
    await using server = await startServer(folder.path)
    expect(await timedStop(server)).toEqual({ code: 0, inTime: true, stderr: '' })
  })

  it('ends it although connections are open that are idle', async () => {
    await using server = await startServer(folder.path)
    const sockets: Socket[] = await Promise.all([openSocket(server.port), openSocket(server.port)])
    const [used] = sockets
    // One has had a response and waits for more to ask, one never asked.
    used?.write('GET /api/stream/a.txt HTTP/1.1\r\nHost: a\r\n\r\n')
    await new Promise((resolve) => used?.once('data', resolve))
    expect(await timedStop(server)).toEqual({ code: 0, inTime: true, stderr: '' })
  })

  it('lets a download that runs go on to its end', async () => {
    folder.putSparse('large.bin', 32 * 1024 * 1024)
    await using server = await startServer(folder.path)
    const socket = await openSocket(server.port)
    socket.write('GET /api/stream/large.bin HTTP/1.1\r\nHost: a\r\n\r\n')
    await new Promise((resolve) => socket.once('readable', resolve))
    const stopped = server.stop(signal)
    let received = 0
    for await (const chunk of socket) received += (chunk as Buffer).byteLength
    expect(received).toBeGreaterThan(32 * 1024 * 1024)
    expect(await stopped).toBe(0)
  })

  it('leaves the port to the next one', async () => {
    await using first = await startServer(folder.path)
    expect((await exchange(first.port, 'GET /api/stream/a.txt')).status).toBe(200)
    await first.stop(signal)
    await using second = await startCommand([folder.path, '--port', String(first.port)])
    expect((await exchange(second.port, 'GET /api/stream/a.txt')).status).toBe(200)
  })
})
