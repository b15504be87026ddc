import { signUrl } from '@rangekit/range-handler'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { exchange } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { refused, runCommand, startServer } from './support/server.ts'

const folder = sharedFolder(({ put }) => {
  put('media/a.txt', 'hello')
  put('broken', 'alice:secret')
})

describe('the command ends with one line and exit code 1', () => {
  it.each([
    ['without a password in --auth', ['--auth', 'alice'], /rangekit: --auth expects USER:PASSWORD.+is empty/],
    ['with an empty RANGEKIT_AUTH', [], /rangekit: --auth expects USER:PASSWORD.+RANGEKIT_AUTH.+/, ''],
    [
      'with a password over plain http on an address of the network',
      ['--host', '0.0.0.0'],
      /rangekit: others can read a password that is sent to 0\.0\.0\.0 over plain http: add .+ or add --insecure/,
      'alice:secret',
    ],
    [
      'with a password file that does not exist',
      ['--auth-file', 'missing'],
      /rangekit: the password file missing cannot be read/,
    ],
    [
      'with a password file that is none, also with workers',
      ['--workers', '2', '--auth-file', 'BROKEN'],
      /rangekit: the password file .+broken cannot be used: line 1: expected user:hash .+/,
    ],
  ])('%s', async (_, args, line, auth?: string) => {
    const given = args.map((arg) => (arg === 'BROKEN' ? folder.at('broken') : arg))
    const env = auth === undefined ? {} : { RANGEKIT_AUTH: auth }
    expect(await runCommand([folder.at('media'), '--port', '0', ...given], env)).toEqual(refused(line))
  })
})

describe('with a password', () => {
  it('workers accept the same links, also where the secret cannot be kept', async () => {
    folder.put('file', '')
    folder.put('media/b.mp4', 'x')
    const env = { RANGEKIT_AUTH: 'alice:secret', XDG_STATE_HOME: folder.at('file') }
    await using server = await startServer(folder.at('media'), { args: ['--workers', '2'], env })
    const authorization = `Authorization: Basic ${btoa('alice:secret')}`
    for (let time = 0; time < 6; time++) {
      const { body } = await exchange(server.port, 'GET /api/playlist.m3u8', [authorization])
      const link = body.toString().split('\n').at(-2)
      expect(link).toContain('signature=')
      expect((await exchange(server.port, `GET /api/${link}`)).status).toBe(200)
    }
  })

  it('links that were signed with a secret file are accepted as well, those to pages included', async () => {
    folder.put('secrets', 'a secret for links')
    const args = ['--secret-file', folder.at('secrets')]
    const env = { RANGEKIT_AUTH: 'alice:secret' }
    await using server = await startServer(folder.at('media'), { args, env })
    for (const path of ['/api/stream/a.txt', '/watch/a.txt', '/']) {
      const link = await signUrl(path, { secret: 'a secret for links', expiresIn: 60 })
      const statuses = [link, path, `${link}x`].map(
        async (target) => (await exchange(server.port, `GET ${target}`)).status,
      )
      expect(await Promise.all(statuses)).toEqual([200, 401, 403])
    }
  })

  it('the network is served over plain http with --insecure', async () => {
    const env = { RANGEKIT_AUTH: 'alice:secret', XDG_STATE_HOME: folder.path }
    const args = ['--host', '0.0.0.0', '--insecure']
    await using server = await startServer(folder.at('media'), { args, env })
    expect((await exchange(server.port, 'GET /api/videos')).status).toBe(401)
  })
})
