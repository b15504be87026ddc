import { createHash } from 'node:crypto'
import type { R2BucketLike, R2GetOptionsLike, R2HttpMetadataLike, R2ObjectLike } from '../../src/index.ts'

export interface StoreOptions {
  /** Default: none. */
  readonly httpMetadata?: R2HttpMetadataLike
  /** Whether the object has a SHA-256 checksum. Default: false. */
  readonly sha256?: boolean
}

/** A bucket in memory that answers as R2 does, and records its calls. */
export class MemoryBucket implements R2BucketLike {
  readonly asked: string[] = []
  readonly #objects = new Map<
    string,
    { readonly bytes: Uint8Array<ArrayBuffer>; readonly object: R2ObjectLike }
  >()

  store(
    key: string,
    bytes: Uint8Array<ArrayBuffer>,
    { httpMetadata, sha256 = false }: StoreOptions = {},
  ): void {
    const etag = createHash('md5').update(bytes).digest('hex')
    const digest = new Uint8Array(createHash('sha256').update(bytes).digest())
    const object: R2ObjectLike = {
      size: bytes.byteLength,
      etag,
      httpEtag: `"${etag}"`,
      uploaded: new Date(),
      checksums: sha256 ? { sha256: digest.buffer } : {},
      ...(httpMetadata !== undefined && { httpMetadata }),
    }
    this.#objects.set(key, { bytes, object })
  }

  delete(key: string): void {
    this.#objects.delete(key)
  }

  async head(key: string): Promise<R2ObjectLike | null> {
    this.asked.push(`head ${key}`)
    return this.#objects.get(key)?.object ?? null
  }

  async get(key: string, { range: { offset, length }, onlyIf }: R2GetOptionsLike) {
    this.asked.push(`get ${key} ${offset}+${length}`)
    const found = this.#objects.get(key)
    if (found === undefined) return null
    const { bytes, object } = found
    if (onlyIf.etagMatches !== object.etag) return object
    if (offset >= object.size || length < 1)
      throw new Error('get: The requested range is not satisfiable (10039)')
    const part = bytes.slice(offset, offset + length)
    return { ...object, body: new Blob([part]).stream(), arrayBuffer: async () => part.buffer }
  }
}
