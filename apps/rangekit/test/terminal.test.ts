import { verifySignedUrl } from '@rangekit/range-handler'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { makeFolder } from '@rangekit/test-kit/folder'
import { openSocket, requestText } from '@rangekit/test-kit/raw'
import { compareSync } from 'bcryptjs'
import { describe, expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { startServer } from './support/server.ts'
import { script, startOnTerminal } from './support/terminal.ts'

const CTRL_C = '\x03'

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
      `  Open     ${origin}/`,
      `  Try      curl -ir 0-1 ${origin}/api/stream/films/It%27s%20100%25%2C%20isn%27t%20it%3F.mp4`,
      `  Share    rangekit ${folder.path} --port 0 --host 0.0.0.0`,
    ])
    const url = lines[2]?.split(' ').at(-1) ?? ''
    expect(await (await fetch(url)).text()).toBe('film')
    expect(await press(CTRL_C)).toBe(0)
  })

  it('says who may log in, and shares a password only over https', async () => {
    folder.put('users', `alice:$2b$04$${'a'.repeat(53)}\n`)
    const args = [folder.at('films'), '--port', '0', '--auth-file', folder.at('users')]
    const { lines, press } = await startOnTerminal(args, 'Share')
    expect(lines[2]).toBe(
      `  Login    as an account of ${folder.at('users')}; players get links that need no password`,
    )
    expect(lines[4]).toBe(`  Share    rangekit ${args.join(' ')} --host 0.0.0.0 --tls self`)
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
    expect(lines[2]).toBe('  Valid    for 12 hours; the links are signed')
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
    expect(lines[1]).toBe(`  Open     http://127.0.0.1:${port}/`)
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

describe.skipIf(script === undefined)('on a terminal, rangekit hash', () => {
  const ask = () => startOnTerminal(['hash', 'alice', '--cost', '4'], 'Password: ')

  it('asks twice for the password, without showing it', async () => {
    const { output, press } = await ask()
    void press('señas 1\r')
    await expect.poll(output).toContain('Again: ')
    expect(await press('señas 1\r')).toBe(0)
    const [prompts = '', again = '', line = ''] = output().trimEnd().split('\r\n')
    expect([prompts, again]).toEqual(['Password: ', 'Again: '])
    expect(compareSync('señas 1', line.replace('alice:', ''))).toBe(true)
  })

  it('hashes nothing if the passwords differ, or on Ctrl-C', async () => {
    const typo = await ask()
    void typo.press('one\r')
    await expect.poll(typo.output).toContain('Again: ')
    expect(await typo.press('other\r')).toBe(1)
    expect(typo.output()).toContain('rangekit: the passwords differ')
    const stopped = await ask()
    expect(await stopped.press(CTRL_C)).toBe(130)
    expect(stopped.output()).not.toContain('alice:')
  })
})
