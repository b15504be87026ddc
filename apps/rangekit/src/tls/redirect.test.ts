import { Command } from 'commander'
import { expect, it } from 'vitest'
import { addTlsFlags } from './flags.ts'
import { openRedirects } from './redirect.ts'

/** Where a client of plain http is sent by a server whose port for https is 8443. */
async function locationOf(...args: string[]): Promise<string | null> {
  const command = addTlsFlags(new Command()).parse(['--redirect-port', '0', ...args], { from: 'user' })
  const redirects = await openRedirects(command.opts(), '127.0.0.1')
  if (redirects === undefined || 'problem' in redirects) throw new Error('It does not listen')
  redirects.begin(8443)
  const response = await fetch(`http://127.0.0.1:${redirects.port}/watch/a.mp4?x=1`, { redirect: 'manual' })
  await redirects.stop()
  return response.headers.get('location')
}

it.each([
  ['the port of the server', [], 'https://127.0.0.1:8443/watch/a.mp4?x=1'],
  ['the port that --redirect-to names', ['--redirect-to', '9443'], 'https://127.0.0.1:9443/watch/a.mp4?x=1'],
  ['no port where that is 443', ['--redirect-to', '443'], 'https://127.0.0.1/watch/a.mp4?x=1'],
])('redirects to %s', async (_, args, location) => {
  expect(await locationOf(...args)).toBe(location)
})
