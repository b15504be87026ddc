import type { RangeSource } from '@rangekit/range-core'
import type { FolderReader } from '../library/listing.ts'
import type { SearchLimits } from '../library/search.ts'

/** What a terminal says of a place. */
export interface Survey {
  /** Its name as people write it, if that is shorter. */
  readonly name?: string | undefined
  /** What it holds, in a few words. */
  readonly holds: string
  /** The key of a file to try; `undefined` if none is known. */
  readonly example?: string | undefined
  /** What to do where there is no file to try. */
  readonly hint?: string | undefined
}

/** Where the bytes come from that the command serves. */
export interface Place {
  /** As people write it, without credentials. */
  readonly name: string
  readonly source: RangeSource
  /** Names it in a cache that outlives the process: no other place has the same. Not shown. */
  readonly scope: string
  /** Whether its bytes come from another server, so that a cache saves something. */
  readonly isRemote: boolean
  /** Lists its folders. Default: it has no lists. */
  readonly reader?: FolderReader | undefined
  /** Limits of searches in it. Default: those for a folder of this machine. */
  readonly search?: SearchLimits | undefined
  /** The key of its only file. Default: it may have several. */
  readonly film?: string | undefined
  /** The URL that its keys are below, if that is where they come from. */
  readonly origin?: string | undefined
  /** Whether its address has credentials, so that it is not shown. Default: false. */
  readonly isConfidential?: boolean
  /** How many of its files are open. Default: it has none on this machine. */
  readonly openFiles?: (() => number) | undefined
  /** Takes a moment at most, and never rejects. */
  survey(): Promise<Survey>
}

/** Why something cannot be done, in one line. */
export interface Problem {
  readonly problem: string
}
