import type { RepresentationInfo } from '@rangekit/range-core'

/** One version of what an origin has at a URL, as its answer to HEAD or to a first range described it. */
export interface OriginVersion extends Omit<RepresentationInfo, 'isComplete' | 'frontier'> {
  readonly completeLength: number
  /** Where it is read from: the URL after redirects, if they are followed. */
  readonly url: string
  /** The URL that was asked for, if a redirect led to `url`. */
  readonly redirectedFrom?: string | undefined
}
