/** The messages of `GET /api/events`, an event stream. The server sends them and the pages read them. */

/** An inclusive range of byte positions in a representation. */
export type Positions = readonly [firstPos: number, lastPos: number]

/** A request for a watched key, when its response is known. */
export interface TransferBegun {
  /** Unique while the server runs. Events of one transfer share it; a reconnecting page may get it again. */
  readonly id: string
  readonly key: string
  readonly method: string
  readonly status: number
  /** The decisive request fields, as sent: Range, If-Range, If-Match and so on. Long values are cut. */
  readonly fields: Readonly<Record<string, string>>
  /** The decisive fields of the response: Content-Range, ETag and so on. Long values are cut. */
  readonly answer: Readonly<Record<string, string>>
  /** The ranges of the body, in order. */
  readonly ranges: readonly Positions[]
  /** Bytes in the body; absent if it goes on until the file is complete, however long that will be. */
  readonly length?: number
  readonly completeLength?: number
  /** Milliseconds since 1970. */
  readonly startedAt: number
}

/** How far transfers are: sent at most ten times a second, for those that changed. */
export interface TransferProgress {
  readonly id: string
  /** Absent if the runtime does not report it. */
  readonly bytesSent?: number
  /** Milliseconds since it began. */
  readonly duration: number
  /** Absent while it is being sent. */
  readonly outcome?: 'complete' | 'aborted' | 'failed'
  /** The final status, if a fault changed it. */
  readonly status?: number
}

/** What came from one place. */
export interface CacheShare {
  readonly bytes: number
  /** The blocks that they are in, in order and apart. Close ones are put together if there are many. */
  readonly ranges: readonly Positions[]
}

/** What of a watched key came from the origin and what from the cache in front of it, since it is watched. */
export interface CacheReport {
  readonly key: string
  /** Which of the processes that share the port reports it. Add up their latest reports. */
  readonly process: string
  /** Fetched from the origin; blocks ahead of a reader included, which may then come from the cache. */
  readonly origin: CacheShare
  /** Handed out from the cache. */
  readonly cache: CacheShare
}

/** `event: transfers` */
export interface TransfersMessage {
  readonly begun: readonly TransferBegun[]
  readonly progress: readonly TransferProgress[]
  /** Reports that have changed. Absent if none has, or there is no cache. */
  readonly cache?: readonly CacheReport[]
}

/** `event: folder`: a watched folder has another version. */
export interface FolderMessage {
  readonly path: string
  readonly version: string
}

/**
 * `event: growth`: how much is there of a file that is still being written; at once, and at most ten times a second when
 * there is more. Each process looks itself.
 */
export interface GrowthMessage {
  readonly key: string
  /** Bytes that are there, from the first one on; of a file that is gone, those that were. */
  readonly frontier: number
  /** Bytes that it will have; absent if that is unknown, and of one that is gone. */
  readonly completeLength?: number
  /** `complete` is the last message. */
  readonly state: 'growing' | 'complete' | 'gone'
}
