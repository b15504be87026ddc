import { chmodSync, readFileSync, symlinkSync } from 'node:fs'
import type { Socket } from 'node:net'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { makeFolder } from '@rangekit/test-kit/folder'
import { freePort, takePort } from '@rangekit/test-kit/ports'
import { run } from '@rangekit/test-kit/processes'
import { exchange, field, openSocket, requestText } from '@rangekit/test-kit/raw'
import { findTool } from '@rangekit/test-kit/tools'
import { describe, expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { commandLine, refused, runCommand, startCommand, startServer } from './support/server.ts'

const folder = sharedFolder(({ put }) => put('a.txt', 'hello'))

describe('the ready line', () => {
  it('names the folder as given and the address, and is the only output', async () => {
    const port = await freePort()
    await using server = await startCommand([folder.path, '--port', String(port)])
    expect((await fetch(`${server.origin}/api/stream/a.txt`)).status).toBe(200)
    expect(await server.stop()).toBe(0)
    expect(server.stdout).toBe(`Rangekit is serving ${folder.path} at http://127.0.0.1:${port}/\n`)
    expect(server.stderr).toBe('')
  })

  it('names the port that was picked for port 0', async () => {
    await using server = await startServer(folder.path)
    expect(server.port).toBeGreaterThan(0)
    expect((await fetch(`${server.origin}/api/stream/a.txt`)).status).toBe(200)
  })

  it('comes with short flags, and with flags before the folder', async () => {
    await using server = await startCommand(['-p', '0', '--host', '127.0.0.2', folder.path])
    expect(server.stdout).toBe(`Rangekit is serving ${folder.path} at http://127.0.0.2:${server.port}/\n`)
    expect(await (await fetch(`${server.origin}/api/stream/a.txt`)).text()).toBe('hello')
  })
})

describe('the command', () => {
  it('lists its options, their defaults and the environment with --help', async () => {
    const { code, stdout, stderr } = await runCommand(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: rangekit .*\[place\]/)
    for (const text of ['--port', '8001', '--host', '127.0.0.1', '--version', 'PORT', 'HOST', 'MEDIA_DIR']) {
      expect(stdout).toContain(text)
    }
  })

  it('has each option of --help in the table of the README, and no other', async () => {
    const { stdout } = await runCommand(['--help'])
    const listed = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name]) => name)
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
    const rows = /^### Options$(.*?)^### /ms.exec(readme)?.[1]?.match(/^\| `[^|]+/gm) ?? []
    const documented = rows.flatMap((row) => row.match(/(?<=`)--[\w-]+/g) ?? [])
    expect(listed).toContain('--metrics-port')
    expect(documented.sort()).toEqual(
      listed.filter((name) => name !== '--version' && name !== '--help').sort(),
    )
  })

  it('prints its version with --version', async () => {
    expect(await runCommand(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
  })
})

describe('the environment', () => {
  it('may name the folder, the port and the address', async () => {
    const port = await freePort()
    const env = { MEDIA_DIR: folder.path, PORT: String(port), HOST: '127.0.0.2' }
    await using server = await startCommand([], env)
    expect(server.stdout).toBe(`Rangekit is serving ${folder.path} at http://127.0.0.2:${port}/\n`)
  })

  it('is overridden by the command line', async () => {
    const env = { MEDIA_DIR: folder.at('missing'), PORT: '1', HOST: '192.0.2.1' }
    await using server = await startCommand([folder.path, '--port', '0', '--host', '127.0.0.1'], env)
    expect(server.stdout).toBe(`Rangekit is serving ${folder.path} at http://127.0.0.1:${server.port}/\n`)
  })
})

describe('--cors', () => {
  const [player, viewer] = ['https://player.example', 'http://localhost:5173']

  /** The Access-Control-Allow-Origin that pages of an origin get. */
  const allowed = async (port: number, origin: string) =>
    field(await exchange(port, 'GET /api/stream/a.txt', [`Origin: ${origin}`]), 'access-control-allow-origin')

  it('takes one value, not the folder after it', async () => {
    await using server = await startCommand(['--port', '0', '--cors', player, folder.path])
    expect(server.stdout).toContain(`is serving ${folder.path} at`)
    expect(await allowed(server.port, player)).toBe(player)
    expect(await allowed(server.port, viewer)).toBeUndefined()
  })

  it('allows each origin when it is repeated, and no other', async () => {
    await using server = await startServer(folder.path, { args: ['--cors', player, '--cors', viewer] })
    expect(await allowed(server.port, player)).toBe(player)
    expect(await allowed(server.port, viewer)).toBe(viewer)
    expect(await allowed(server.port, 'https://other.example')).toBeUndefined()
  })

  it.each([['*'], [player, '*']])('allows all origins when * is among %j', async (...origins) => {
    await using server = await startServer(folder.path, {
      args: origins.flatMap((origin) => ['--cors', origin]),
    })
    expect(await allowed(server.port, 'https://other.example')).toBe('*')
  })
})

describe('limits', () => {
  it('apply to the server', async () => {
    await using server = await startServer(folder.path, { args: ['--max-connections', '1', '--rate', '1M'] })
    const [first, second] = [await openSocket(server.port), await openSocket(server.port)]
    const answerOf = async (socket: Socket) => {
      socket.write(requestText('GET /api/stream/a.txt'))
      return String(await new Promise((resolve) => socket.once('data', resolve)))
    }
    expect(await answerOf(first)).toMatch(/^HTTP\/1\.1 200 /)
    expect(await answerOf(second)).toMatch(/^HTTP\/1\.1 503 /)
    first.destroy()
  })

  it.each([
    ['--max-connections', '1', '--max-connections is divided among the workers; name at least 2'],
    ['--rate', '10', "error: option '--rate <size>' argument '10' is invalid. Expected bytes per second"],
  ])('%s %s is refused where it is too little for two workers', async (option, value, line) => {
    const args = [folder.path, '--port', '0', '--workers', '2', option, value]
    expect(await runCommand(args)).toEqual(refused(new RegExp(`.*${line}.*`)))
  })
})

describe('durations', () => {
  it.each([
    ['--head-timeout', '250ms', '--write-timeout', '500ms', '--grow-timeout', '1ms'],
    ['--head-timeout', '1.1s', '--write-timeout', '1.0001s'],
    ['--head-timeout', '24d', '--write-timeout', '24d'],
    ['--grow-timeout', '24d', '--drain', '0s'],
  ])('%s %s %s %s are accepted', async (...args) => {
    await using server = await startServer(folder.path, { args })
    const { status } = await exchange(server.port, 'GET /api/stream/a.txt')
    expect([status, server.stderr]).toEqual([200, ''])
  })

  it('--drain 0s cuts a running download', async () => {
    folder.putSparse('large.bin', 32 * 1024 * 1024)
    await using server = await startServer(folder.path, { args: ['--drain', '0s'] })
    const socket = await openSocket(server.port)
    socket.write(requestText('GET /api/stream/large.bin'))
    await new Promise((resolve) => socket.once('readable', resolve))
    expect(await server.stop()).toBe(0)
    expect(server.stderr).toBe('')
    socket.destroy()
  })
})

describe('refuses, with one line and exit code 1,', () => {
  it('a missing folder', async () => {
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

  it('a link to itself', async () => {
    symlinkSync('loop', folder.at('loop'))
    expect(await runCommand([folder.at('loop')])).toEqual(refused(/rangekit: the folder \S+ cannot be read/))
  })

  // Permissions do not bind root, unless it drops that capability.
  const asRoot = process.getuid?.() === 0
  const setpriv = asRoot ? findTool('setpriv', 'util-linux') : 'not needed'
  it.skipIf(setpriv === undefined)('a folder that it may not read', async () => {
    using closed = makeFolder()
    chmodSync(closed.path, 0o000)
    const drop = [setpriv ?? '', '--bounding-set=-dac_override,-dac_read_search', '--']
    const [file = '', ...args] = [...(asRoot ? drop : []), ...commandLine(closed.path, '--port', '0')]
    expect(await run(file, args)).toEqual(refused(/rangekit: the folder \S+ cannot be read/))
  })

  it('a taken port', async () => {
    const { port, close } = await takePort()
    const finished = await runCommand([folder.path, '--port', String(port)])
    await close()
    expect(finished).toEqual(refused(new RegExp(`rangekit: port ${port} is taken; .+`)))
  })

  it('an address of another machine', async () => {
    const finished = await runCommand([folder.path, '--port', '0', '--host', '192.0.2.1'])
    expect(finished).toEqual(refused(/rangekit: cannot listen on 192\.0\.2\.1:0 .+/))
  })

  // ../src/command/values/options.test.ts has all values that are refused.
  it.each(['70000', ''])('the port %j', async (port) => {
    const finished = await runCommand([folder.path, `--port=${port}`])
    expect(finished).toEqual(refused(/error: .*port.*/))
  })

  it.each([
    ['--drain', '999999999d', 'from 0s to 24d'],
    ['--write-timeout', '0s', 'from 1ms to 24d'],
    ['--grow-timeout', '0s', 'from 1ms to 24d'],
    ['--head-timeout', '0', 'from 1ms to 24d'],
    ['--grow-timeout', '25d', 'from 1ms to 24d'],
    ['--cors', 'https://player.example/', 'an origin'],
    ['--cache-control', 'max-age=3600 ✓', 'max-age=3600'],
  ])('the option %s=%s', async (option, value, reason) => {
    const finished = await runCommand([folder.path, '--port', '0', `${option}=${value}`])
    expect(finished).toEqual(refused(/error: option '.*' argument '.*' is invalid\. Expected .*\./))
    expect(finished.stderr).toContain(reason)
  })

  it('an empty address in the environment', async () => {
    expect(await runCommand([folder.path, '--port', '0'], { HOST: '' })).toEqual(refused(/error: .*HOST.*/))
  })

  it.each(['500ms', '40000d'])('a link that is valid for %s', async (time) => {
    const args = ['sign', 'a.txt', '--secret-file', folder.put('secret', 's'), `--expires-in=${time}`]
    expect(await runCommand(args)).toEqual(refused(/error: .* from 1s to 36500d\./))
  })

  it('an invalid port in the environment', async () => {
    expect(await runCommand([folder.path], { PORT: 'http' })).toEqual(refused(/error: .*PORT.*/))
  })

  it.each([['--nonsense'], ['one', 'two']])('the arguments %j %j', async (...args) => {
    expect(await runCommand(args.filter(Boolean))).toEqual(refused(/error: .*/))
  })
})

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  /** In milliseconds. Less than the 5 s for which idle connections are otherwise kept. */
  const within = 3000

  async function timedStop(server: Awaited<ReturnType<typeof startServer>>) {
    const started = performance.now()
    const code = await server.stop(signal)
    return { code, inTime: performance.now() - started < within, stderr: server.stderr }
  }

  it('ends the server with exit code 0 promptly', async () => {
    await using server = await startServer(folder.path)
    expect(await timedStop(server)).toEqual({ code: 0, inTime: true, stderr: '' })
  })

  it('ends the server although idle connections are open', async () => {
    await using server = await startServer(folder.path)
    const sockets: Socket[] = await Promise.all([openSocket(server.port), openSocket(server.port)])
    const [used] = sockets
    // One has had a response, the other has sent no request.
    used?.write(requestText('GET /api/stream/a.txt'))
    await new Promise((resolve) => used?.once('data', resolve))
    expect(await timedStop(server)).toEqual({ code: 0, inTime: true, stderr: '' })
  })

  it('lets a running download finish', async () => {
    folder.putSparse('large.bin', 32 * 1024 * 1024)
    await using server = await startServer(folder.path)
    const socket = await openSocket(server.port)
    socket.write(requestText('GET /api/stream/large.bin'))
    await new Promise((resolve) => socket.once('readable', resolve))
    const stopped = server.stop(signal)
    let received = 0
    for await (const chunk of socket) received += (chunk as Buffer).byteLength
    expect(received).toBeGreaterThan(32 * 1024 * 1024)
    expect(await stopped).toBe(0)
  })

  it('leaves the port to the next server', async () => {
    await using first = await startServer(folder.path)
    expect((await exchange(first.port, 'GET /api/stream/a.txt')).status).toBe(200)
    await first.stop(signal)
    await using second = await startCommand([folder.path, '--port', String(first.port)])
    expect((await exchange(second.port, 'GET /api/stream/a.txt')).status).toBe(200)
  })
})
