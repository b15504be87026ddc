import type { RangeSource } from '@rangekit/range-core'
import { blobSource } from '../../src/blob-source.ts'
import { versionBytes } from '../../src/contract/fixture.ts'
import { createHandler } from '../../src/handler.ts'
import type { HandlerOptions } from '../../src/handler-options.ts'

export const data = versionBytes(1000, 1)

/** A source of one film of 1,000 bytes, `a/film.mp4`. */
export const films = blobSource((key) =>
  key === 'a/film.mp4'
    ? {
        data,
        contentType: 'video/mp4',
        etag: { opaque: 'v1', weak: false },
        lastModified: new Date(784_111_777_000),
      }
    : undefined,
)

export function get(path: string, fields: Record<string, string> = {}, method = 'GET'): Request {
  return new Request(`http://localhost${path}`, { headers: fields, method })
}

/** A handler whose faults are part of the test. */
export function quietHandler(source: RangeSource, options: HandlerOptions = {}) {
  const faults: unknown[] = []
  const handler = createHandler(source, { onError: (error) => faults.push(error), ...options })
  return { handler, faults }
}

export function fail(): never {
  throw new Error('read failed')
}
