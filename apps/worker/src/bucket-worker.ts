// Fills the local bucket: `GET /` lists it, `PUT /key` stores an object, `DELETE /key` removes one. Only `local.ts`
// runs this Worker, on the local machine; it is never deployed.
import type { R2Bucket } from '@cloudflare/workers-types'
import { type StoredObject, VERSION_FIELD } from './bucket-protocol.ts'

interface Env {
  readonly MEDIA: R2Bucket
}

export default {
  async fetch(request: Request, { MEDIA: bucket }: Env): Promise<Response> {
    const key = decodeURIComponent(new URL(request.url).pathname.slice(1))
    switch (request.method) {
      case 'PUT': {
        const customMetadata = { [VERSION_FIELD]: request.headers.get(VERSION_FIELD) ?? '' }
        // DOM types and workerd types declare the same stream differently.
        const body = request.body as Parameters<R2Bucket['put']>[1]
        const { etag } = await bucket.put(key, body, { customMetadata })
        return Response.json({ etag })
      }
      case 'DELETE':
        await bucket.delete(key)
        return new Response(null, { status: 204 })
      default:
        return Response.json(await list(bucket))
    }
  },
}

async function list(bucket: R2Bucket): Promise<StoredObject[]> {
  const found: StoredObject[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await bucket.list({ include: ['customMetadata'], ...(cursor !== undefined && { cursor }) })
    for (const { key, size, customMetadata } of page.objects) {
      found.push({ key, size, version: customMetadata?.[VERSION_FIELD] ?? '' })
    }
    if (!page.truncated) return found
    cursor = page.cursor
  }
}
