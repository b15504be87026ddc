// Blocks of a bucket in the Cache API: under /small/ small ones, with a count of what the bucket is asked; under
// /api/stream/ the Worker itself.
import type { R2Bucket } from '@cloudflare/workers-types'
import type { R2BucketLike } from '@rangekit/r2-source'
import { r2Source } from '@rangekit/r2-source'
import { createHandler } from '@rangekit/range-handler'
import { rangeSourceChecks } from '@rangekit/range-handler/testing'
import { type CachedMediaOptions, cachedMedia } from '../../src/cached-media.ts'
import worker, { type Env } from '../../src/index.ts'
import { runCheck } from './run-check.ts'

/** What the bucket was asked since the last look: ranges as `first+length`. */
const asked: string[] = []
/** The Worker has one app for each environment. */
let env: Env | undefined

/** Small blocks, so that small objects have many. */
const SMALL: CachedMediaOptions = { blockSize: 10_000, maxBlocks: 5 }

export default {
  async fetch(request: Request, { MEDIA: bucket }: { readonly MEDIA: R2Bucket }): Promise<Response> {
    const [, group, name = ''] = new URL(request.url).pathname.split('/')
    if (group === 'contract') return Response.json(await contract(bucket, Number(name)))
    if (group === 'asked') return Response.json(asked.splice(0))
    if (request.method === 'PUT') {
      await bucket.put(name, await request.arrayBuffer())
      return new Response(null, { status: 204 })
    }
    if (group === 'small') {
      const source = cachedMedia(r2Source(counted(bucket)), 'small', SMALL)
      return createHandler(source, { key: () => name })(request)
    }
    env ??= { MEDIA: bucket, CACHE: 'on' }
    return worker.fetch(request, env)
  },
}

function contract(bucket: R2Bucket, index: number) {
  const harness = {
    source: cachedMedia(r2Source(bucket), 'contract', SMALL),
    put: async (key: string, bytes: Uint8Array<ArrayBuffer>) => void (await bucket.put(key, bytes)),
    remove: (key: string) => bucket.delete(key),
  }
  return runCheck(rangeSourceChecks(harness)[index])
}

function counted(bucket: R2BucketLike): R2BucketLike {
  return {
    head: (key) => bucket.head(key),
    get(key, options) {
      asked.push(`${options.range.offset}+${options.range.length}`)
      return bucket.get(key, options)
    },
  }
}
