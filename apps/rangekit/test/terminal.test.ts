import { verifySignedUrl } from '@rangekit/range-handler'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { makeFolder } from '@rangekit/test-kit/folder'
import { start } from '@rangekit/test-kit/processes'
import { openSocket, requestText } from '@rangekit/test-kit/raw'
import { environment } from '@rangekit/test-kit/start-server'
import { findTool } from '@rangekit/test-kit/tools'
import { describe, expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { commandLine, startServer } from './support/server.ts'

const CTRL_C = '\x03'
const script = findTool('script', 'bsdutils')

/** Runs the command on a terminal, and waits until what it prints contains a text. */
async function startOnTerminal(args: readonly string[], until: string) {
  const quoted = commandLine(...args).map((word) => `'${word}'`)
  const child = start(script ?? '', ['-qec', `exec ${quoted.join(' ')}`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: environment({ SHELL: '/bin/sh' }),
    detached: true,
  })
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  await expect.poll(() => output).toContain(until)
  return {
    lines: output.trimEnd().split('\r\n'),
    port: Number(/:(\d+)\//.exec(output)?.[1]),
    press(key: string) {
      child.stdin?.write(key)
      return ended
    },
  }
}

describe.skipIf(script === undefined)('on a terminal, the command', () => {
  const folder = sharedFolder(({ put, putSparse }) => {
    put("films/It's 100%, isn't it?.mp4", 'film')
    put('films/notes.txt', '')
    putSparse('large.bin', 32 * 1024 * 1024)
  })

  it('says what is served and what to do with it, and ends on Ctrl-C', async () => {
    const { lines, port, press } = await startOnTerminal([folder.path, '--port', '0'], 'Share')
    const origin = `http://127.0.0.1:${port}`
    expect(lines).toEqual([
      `Rangekit ${manifest.version}   ${folder.path}   1 video`,
      `  Open   ${origin}/`,
      `  Try    curl -ir 0-1 ${origin}/api/stream/films/It%27s%20100%25%2C%20isn%27t%20it%3F.mp4`,
      `  Share  rangekit ${folder.path} --port 0 --host 0.0.0.0`,
    ])
    const url = lines[2]?.split(' ').at(-1) ?? ''
    expect(await (await fetch(url)).text()).toBe('film')
    expect(await press(CTRL_C)).toBe(0)
  })

  it('ends downloads on Ctrl-C', async () => {
    const { port, press } = await startOnTerminal([folder.path, '--port', '0', '--drain', '24d'], 'Share')
    const socket = await openSocket(port)
    socket.on('error', () => {}).write(requestText('GET /api/stream/large.bin'))
    await new Promise((resolve) => socket.once('readable', resolve))
    expect(await press(CTRL_C)).toBe(0)
    socket.destroy()
  })

  it('shows signed links where links are signed', async () => {
    using secrets = makeFolder()
    const file = secrets.put('secret', 'a long random text')
    const { lines, press } = await startOnTerminal(
      [folder.path, '--port', '0', '--secret-file', file],
      'Share',
    )
    expect(lines[2]).toBe('  Valid  for 12 hours; the links are signed')
    const page = lines[1]?.split(' ').at(-1) ?? ''
    const film = lines[3]?.split("'")[1] ?? ''
    for (const url of [page, film]) {
      expect([
        url,
        await verifySignedUrl({ method: 'GET', url }, { secrets: ['a long random text'] }),
      ]).toEqual([url, true])
    }
    expect((await fetch(film)).status).toBe(200)
    await press(CTRL_C)
  })

  it('lists the addresses of the machine where it listens on all, with a QR code if asked for', async () => {
    const args = [folder.path, '--port', '0', '--host', '0.0.0.0', '--qr']
    const { lines, port, press } = await startOnTerminal(args, '\n\r\n')
    expect(lines[1]).toBe(`  Open   http://127.0.0.1:${port}/`)
    expect(lines.some((line) => line.startsWith('  Share'))).toBe(false)
    for (const line of lines.filter((each) => each.startsWith('  Open'))) {
      expect((await fetch(`${line.split(' ').at(-1)}readyz`)).status).toBe(200)
    }
    await press(CTRL_C)
  })
})

describe('on a pipe, the command', () => {
  it('prints its ready line alone, whatever a terminal would show', async () => {
    using folder = makeFolder()
    await using server = await startServer(folder.path, { args: ['--qr', '--host', '0.0.0.0'] })
    await server.stop()
    expect(server.stdout).toBe(`Rangekit is serving ${folder.path} at http://0.0.0.0:${server.port}/\n`)
  })
})
