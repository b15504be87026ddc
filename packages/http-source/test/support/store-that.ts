import { type S3Bucket, type S3Options, s3Bucket } from '../../src/s3.ts'

/** A request as a store gets it. */
interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** A store that always answers the same, and what it was asked. */
export function storeThat(
  answer: () => Response,
  options: Partial<S3Options> = {},
): { readonly bucket: S3Bucket; readonly asked: readonly Asked[] } {
  const asked: Asked[] = []
  const fetch = (async (url: string, { method = '', headers }: RequestInit) => {
    asked.push({ method, url, headers: headers as Record<string, string> })
    return answer()
  }) as typeof globalThis.fetch
  const bucket = s3Bucket({
    bucket: 'films',
    endpoint: 'http://store.example',
    retries: 0,
    fetch,
    ...options,
  })
  return { bucket, asked }
}

/** The answer to HEAD for an object of five bytes. */
export const found = (): Response =>
  new Response(null, { headers: { 'Content-Length': '5', ETag: '"abc"', 'Accept-Ranges': 'bytes' } })
