/** The request field, and the key of the metadata, that hold the version of the file that an object was made from. */
export const VERSION_FIELD = 'x-file-version'

/** An object as `bucket-worker.ts` lists it. */
export interface StoredObject {
  readonly key: string
  /** In bytes. */
  readonly size: number
  /** The version of the file; empty where it is unknown. */
  readonly version: string
}
