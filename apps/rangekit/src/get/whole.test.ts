import type { ServerResponse } from 'node:http'
import { afterAll, expect, it } from 'vitest'
import { startFileHost } from '../../test/support/file-host.ts'
import { fetchWhole } from './whole.ts'

const host = await startFileHost()
afterAll(() => host.stop())

it.each([
  ['answers', () => {}],
  ['sends more', (response) => response.writeHead(200, { 'content-length': 5 }).write('one')],
] satisfies [string, (response: ServerResponse) => unknown][])(
  'a server that never %s is given up',
  async (_, begin) => {
    host.before = (_request, response) => {
      begin(response)
      return new Promise(() => {})
    }
    const download = async () => {
      const never = new AbortController().signal
      const { chunks } = await fetchWhole(`${host.origin}/film.mp4?key=secret`, {}, never, 50)
      let text = ''
      for await (const chunk of chunks) text += Buffer.from(chunk)
      return text
    }
    await expect(download()).rejects.toThrow(/film\.mp4 sent nothing for 50 ms$/)
  },
)
