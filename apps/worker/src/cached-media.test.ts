import { type ByteRange, parseEntityTag } from '@rangekit/range-core'
import { expect, it, vi } from 'vitest'
import { cachedMedia } from './cached-media.ts'

vi.mock('cloudflare:workers', () => ({ waitUntil: () => {} }))

const OPTIONS = { blockSize: 10, maxBlocks: 2 }

it('cancels what comes behind the cached blocks if the reader leaves while that is opened', async () => {
  const rest = Promise.withResolvers<ReadableStream<Uint8Array<ArrayBuffer>>>()
  const cancel = vi.fn()
  const read = vi.fn(({ firstPos, lastPos }: ByteRange) =>
    firstPos === 20 ? rest.promise : new Uint8Array(lastPos - firstPos + 1),
  )
  const source = { open: () => ({ completeLength: 100, etag: parseEntityTag('"a"'), read, close() {} }) }
  const film = await cachedMedia(source, 'films', OPTIONS).open('film.mp4')
  const body = await film?.read({ firstPos: 0, lastPos: 99 })
  if (!(body instanceof ReadableStream)) throw new TypeError('Expected a stream')
  const reader = body.getReader()
  for (let bytes = 0; bytes < 20; ) bytes += (await reader.read()).value?.byteLength ?? 20
  const reading = reader.read()
  await expect.poll(() => read.mock.calls.length).toBe(3)
  await reader.cancel()
  rest.resolve(new ReadableStream({ cancel }, { highWaterMark: 0 }))
  expect((await reading).done).toBe(true)
  await expect.poll(() => cancel.mock.calls.length).toBe(1)
  await film?.close()
})
