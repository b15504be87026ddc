import type { MaybePromise } from '@rangekit/range-core'

/** What is known of a file that is being written from its start to its end. */
export interface GrowthFacts {
  /** Bytes that the file will have in the end. Default: nobody knows. */
  readonly completeLength?: number | undefined
  /**
   * How many bytes are written, from the first one on: of a file that has its final length from the start, or whose parts
   * are written in any order. Default: as many as the file has.
   */
  readonly frontier?: number | undefined
}

/** A file as the file system describes it. */
export interface FileStats {
  /** Bytes in the file. */
  readonly size: number
  /** When it was changed last, in milliseconds since the epoch. */
  readonly modified: number
}

/**
 * Tells whether a file is still being written, and how far it is. It is called again whenever the file has changed.
 *
 * @param key of the file that holds the bytes: `NAME.part` for what will be `NAME`.
 * @returns `undefined` if nothing is known of a writer.
 */
export type GrowthReader = (key: string, stats: FileStats) => MaybePromise<GrowthFacts | undefined>

/** Options for files that are still being written. */
export interface GrowingOptions {
  /** Tells of files that are written in a way that is not built in. Its word counts more. Default: none are. */
  readonly of?: GrowthReader | undefined
  /**
   * The final length of `NAME`, while only `NAME.part` or `NAME.crdownload` exists and no file `NAME.part.length` says it.
   *
   * @param key the final one, `NAME`.
   */
  readonly lengthOf?: ((key: string) => MaybePromise<number | undefined>) | undefined
  /**
   * Whether a file keeps its entity tag when it is complete, as long as this process remembers that it grew: a player goes
   * on as if nothing had happened. Where several processes or machines answer for one file, say `false`: those that have not
   * seen it grow would give it another tag. Default: true.
   */
  readonly keepTag?: boolean | undefined
  /** For how many milliseconds a reader waits while nothing is written. Default: 60,000. */
  readonly timeout?: number | undefined
}

/** For how many milliseconds a reader waits while nothing is written. */
export const GROW_TIMEOUT = 60_000

/** What `growing` may be in the options of a source or a reader. */
export type Growing = boolean | GrowthReader | GrowingOptions

/** Those options in their full form; `undefined` if nothing grows. */
export function growingOptions(growing: Growing = false): GrowingOptions | undefined {
  if (typeof growing === 'function') return { of: growing }
  return growing === true ? {} : growing || undefined
}
