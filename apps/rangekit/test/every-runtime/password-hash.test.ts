import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { run } from '@rangekit/test-kit/processes'
import { exchange } from '@rangekit/test-kit/raw'
import { environment } from '@rangekit/test-kit/start-server'
import { describe, expect, it } from 'vitest'
import { commandLine, startServer } from '../support/server.ts'

/** Runs `rangekit hash` with a text as its standard input. */
function hash(input: string, ...args: string[]) {
  const script = 'printf %s "$0" | "$@"'
  const env = environment()
  return run('sh', ['-c', script, input, ...commandLine('hash', '--cost', '4', ...args)], { env })
}

describe('rangekit hash', () => {
  const folder = sharedFolder(({ put }) => put('media/a.txt', 'hello'))

  it('prints a line that lets in who knows the password', async () => {
    const { code, stdout, stderr } = await hash('se\u00f1as: 1\n', 'jose\u0301')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^jos\u00e9:\$2b\$04\$[./\w]{53}\n$/)
    folder.put('users', stdout)
    await using server = await startServer(folder.at('media'), { args: ['--auth-file', folder.at('users')] })
    const statusOf = async (text: string) => {
      const authorization = `Authorization: Basic ${Buffer.from(text).toString('base64')}`
      return (await exchange(server.port, 'GET /api/stream/a.txt', [authorization])).status
    }
    expect(await statusOf('jos\u00e9:se\u00f1as: 1')).toBe(200)
    expect(await statusOf('jose\u0301:sen\u0303as: 1')).toBe(200)
    expect(await statusOf('jos\u00e9:senas: 1')).toBe(401)
  })
})
