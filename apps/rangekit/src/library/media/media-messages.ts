/** What the server and the thread that reads media files say to each other. */
import type { MediaContent } from './parse-media.ts'

export type ToWorker =
  | {
      readonly kind: 'parse'
      /** Bytes in the file. */
      readonly size: number
      /** Bytes that a picture may have. */
      readonly maxPicture: number
    }
  /** The answer to `read`; without bytes if that failed. */
  | { readonly kind: 'bytes'; readonly id: number; readonly bytes: Uint8Array | undefined }

export type FromWorker =
  | { readonly kind: 'read'; readonly id: number; readonly start: number; readonly end: number }
  | { readonly kind: 'parsed'; readonly content: MediaContent }
