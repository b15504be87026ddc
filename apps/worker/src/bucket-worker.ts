// Fills the local bucket: `GET /` lists it, `PUT /key` stores an object, `DELETE /key` removes one. Only `local.ts` runs
// it, on this machine; it is not deployed.
import type { R2Bucket } from '@cloudflare/workers-types'

interface Env {
  readonly MEDIA: R2Bucket
}

/** The field and the metadata that name the version of the file that an object was made of. */
const VERSION = 'x-file-version'

export default {
  async fetch(request: Request, { MEDIA: bucket }: Env): Promise<Response> {
    const key = decodeURIComponent(new URL(request.url).pathname.slice(1))
    switch (request.method) {
      case 'PUT': {
        const customMetadata = { [VERSION]: request.headers.get(VERSION) ?? '' }
        // The types of the browser and of workerd name the same stream differently.
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

async function list(bucket: R2Bucket) {
  const found: { readonly key: string; readonly size: number; readonly version: string }[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await bucket.list({ include: ['customMetadata'], ...(cursor !== undefined && { cursor }) })
    for (const { key, size, customMetadata } of page.objects) {
      found.push({ key, size, version: customMetadata?.[VERSION] ?? '' })
    }
    if (!page.truncated) return found
    cursor = page.cursor
  }
}
