import { readdirSync, readFileSync } from 'node:fs'
import { makeFolder } from '@rangekit/test-kit/folder'
import { expect, it } from 'vitest'
import { streamTo } from './stream.ts'

/** Streams a text to a file; the text ends once `until` resolves. */
function begin(path: string, text: string, until: Promise<void>) {
  const { promise: begun, resolve } = Promise.withResolvers<void>()
  async function* chunks() {
    resolve()
    await until
    yield Buffer.from(text)
  }
  const state = { name: '', bytes: 0, resumedBytes: 0, length: undefined }
  return { begun, ended: streamTo(path, { length: undefined, digests: {}, chunks: chunks() }, state) }
}

it.each([
  ['completes', undefined, /^another process has replaced or removed .*film\.part$/],
  ['breaks', new Error('broken'), 'broken'],
])('of two downloads at once, the first leaves the second alone when it %s', async (_, problem, reason) => {
  const folder = makeFolder()
  const [firstEnd, secondEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const first = begin(folder.at('film'), 'first', firstEnd.promise)
  await first.begun
  const second = begin(folder.at('film'), 'second', secondEnd.promise)
  await second.begun
  if (problem === undefined) firstEnd.resolve()
  else firstEnd.reject(problem)
  await expect(first.ended).rejects.toThrow(reason)
  secondEnd.resolve()
  await second.ended
  expect(readdirSync(folder.path)).toEqual(['film'])
  expect(readFileSync(folder.at('film'), 'utf8')).toBe('second')
  folder.remove()
})
