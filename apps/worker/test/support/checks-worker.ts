// Runs checks on workerd, over a real bucket binding.
import type { R2Bucket } from '@cloudflare/workers-types'
import { r2Source } from '@rangekit/r2-source'
import type { RangeSource, Representation } from '@rangekit/range-core'
import { createHandler, streamHandler, type TransferListener } from '@rangekit/range-handler'
import { precompressed } from '@rangekit/range-handler/precompressed'
import { rangeSourceChecks, type SourceHarness } from '@rangekit/range-handler/testing'
import { runCheck } from './run-check.ts'

interface Env {
  readonly MEDIA: R2Bucket
}

/** Too long for one piece, so that the body is a stream. */
const LENGTH = 1_000_000
const KEY = 'fault.bin'

export default {
  async fetch(request: Request, { MEDIA: bucket }: Env): Promise<Response> {
    const [, group, name = ''] = new URL(request.url).pathname.split('/')
    if (group === 'contract')
      return Response.json(await runCheck(rangeSourceChecks(harnessOf(bucket))[Number(name)]))
    if (group === 'siblings')
      return Response.json(await runCheck(rangeSourceChecks(siblingHarness(bucket))[Number(name)]))
    if (group === 'negotiated') return negotiate(bucket, request, name)
    if (group === 'closes') return Response.json(closes)
    if (group === 'transfers') return Response.json(transfers)
    if (group === 'stored') return storeAndServe(bucket, request)
    const source = sources[name]?.(bucket)
    if (source === undefined) return new Response(null, { status: 404 })
    await bucket.put(KEY, new Uint8Array(LENGTH))
    const onTransfer: TransferListener =
      () =>
      ({ status, length, bytesSent, outcome }) => {
        transfers[name] = { status, length, bytesSent, outcome: outcome?.kind }
      }
    return createHandler(source, { key: () => KEY, onError() {}, onTransfer })(request)
  },
}

function harnessOf(bucket: R2Bucket): SourceHarness {
  return {
    source: r2Source(bucket),
    put: async (key, bytes) => void (await bucket.put(key, bytes)),
    remove: (key) => bucket.delete(key),
  }
}

/** What is read is always a sibling. */
function siblingHarness(bucket: R2Bucket): SourceHarness {
  const source = precompressed(r2Source(bucket))
  const siblings: RangeSource = {
    open: (key, options) =>
      source.open(key, {
        get signal() {
          return options?.signal
        },
        acceptEncoding: 'gzip',
      }),
  }
  return {
    source: siblings,
    put: async (key, bytes) => {
      await bucket.put(key, bytes)
      await bucket.put(`${key}.gz`, bytes)
    },
    remove: (key) => bucket.delete([key, `${key}.gz`]),
  }
}

/** PUT stores an object; other methods serve it, or a sibling. */
async function negotiate(bucket: R2Bucket, request: Request, name: string): Promise<Response> {
  if (request.method !== 'PUT') {
    const source = precompressed(r2Source(bucket, { prefix: 'negotiated/' }))
    return streamHandler(source, { key: () => name, cors: 'https://player.example' })(request)
  }
  await bucket.put(`negotiated/${name}`, await request.arrayBuffer())
  return new Response(null, { status: 204 })
}

/** PUT stores the content of the request with all metadata that R2 has; other methods serve it. */
async function storeAndServe(bucket: R2Bucket, request: Request): Promise<Response> {
  const source = r2Source(bucket, { prefix: 'stored/' })
  if (request.method !== 'PUT') return createHandler(source, { key: () => 'notes.txt' })(request)
  const bytes = await request.arrayBuffer()
  const { checksums } = await bucket.put('stored/notes.txt', bytes, {
    sha256: await crypto.subtle.digest('SHA-256', bytes),
    httpMetadata: {
      contentType: 'text/x-notes',
      contentEncoding: 'gzip',
      contentLanguage: 'es',
      contentDisposition: 'attachment; filename="notes.txt"',
      cacheControl: 'max-age=5',
    },
  })
  return Response.json(checksums.toJSON())
}

/** The last transfer of each source below. */
const transfers: Record<string, object> = {}

/** How often the representations of each source below were closed. */
const closes: Record<string, number> = {}

/** Sources by name. In most, something goes wrong after `open`. */
const sources: Readonly<Record<string, (bucket: R2Bucket) => RangeSource>> = {
  replaced: (bucket) => afterOpen(bucket, () => bucket.put(KEY, new Uint8Array(LENGTH).fill(1))),
  deleted: (bucket) => afterOpen(bucket, () => bucket.delete(KEY)),
  fine: (bucket) => reading(bucket, 'fine', (representation, range) => representation.read(range)),
  short: (bucket) =>
    reading(bucket, 'short', (representation, { firstPos, lastPos }) =>
      representation.read({ firstPos, lastPos: lastPos - 1 }),
    ),
  long: (bucket) =>
    reading(bucket, 'long', (representation, { firstPos, lastPos }) =>
      representation.read({ firstPos, lastPos: lastPos + 1 }),
    ),
  failing: (bucket) => reading(bucket, 'failing', () => failingStream()),
  slow: (bucket) => reading(bucket, 'slow', () => slowStream()),
  blob: (bucket) =>
    reading(bucket, 'blob', (_, { firstPos, lastPos }) => new Blob([new Uint8Array(lastPos + 1 - firstPos)])),
}

function afterOpen(bucket: R2Bucket, change: () => Promise<unknown>): RangeSource {
  return {
    async open(key) {
      const representation = await r2Source(bucket).open(key)
      await change()
      return representation
    },
  }
}

type Read = (
  representation: Representation,
  range: Parameters<Representation['read']>[0],
) => ReturnType<Representation['read']>

function reading(bucket: R2Bucket, name: string, read: Read): RangeSource {
  return {
    async open(key) {
      const representation = await r2Source(bucket).open(key)
      if (representation === undefined) return undefined
      return {
        ...representation,
        // One byte less than the object has, so that a source can deliver too much.
        completeLength: LENGTH - 1,
        read: (range) => read(representation, range),
        close() {
          closes[name] = (closes[name] ?? 0) + 1
        },
      }
    },
  }
}

function failingStream(): ReadableStream<Uint8Array> {
  let pieces = 0
  return new ReadableStream({
    pull(controller) {
      if (pieces++ === 4) controller.error(new Error('The source failed'))
      else controller.enqueue(new Uint8Array(65_536))
    },
  })
}

/** Takes half a minute for the whole length. */
function slowStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      controller.enqueue(new Uint8Array(1500))
    },
  })
}
