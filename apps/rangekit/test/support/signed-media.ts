import { signUrl } from '@rangekit/range-handler'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { startServer } from './server.ts'

/** A folder that is served to signed links only, for the tests of this file. */
export function signedMedia() {
  const secret = 'a secret for the tests of signed pages'
  const folder = sharedFolder(({ put }) => {
    put('media/film.mp4', 'x'.repeat(100))
    put('media/films/a.mp4', 'x'.repeat(100))
    put('media/films/sub/second.mp4', 'x'.repeat(100))
    put('media/films2/c.mp4', 'x'.repeat(100))
    put('secrets', secret)
  })
  const server = sharedServer(() => {
    const args = ['--secret-file', folder.at('secrets')]
    return startServer(folder.at('media'), { args })
  })
  const sign = (path: string, expiresIn = 60, method = 'GET') => signUrl(path, { secret, expiresIn, method })
  return { folder, server, sign, secret }
}
