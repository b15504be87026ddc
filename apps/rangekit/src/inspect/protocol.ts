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
  /** Bytes in the body. */
  readonly length: number
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

/** `event: transfers` */
export interface TransfersMessage {
  readonly begun: readonly TransferBegun[]
  readonly progress: readonly TransferProgress[]
}

/** `event: folder`: a watched folder has another version. */
export interface FolderMessage {
  readonly path: string
  readonly version: string
}
