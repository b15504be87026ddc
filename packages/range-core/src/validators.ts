/**
 * Validators (RFC 9110 §8.8): an entity tag and a modification date, which tell two versions of a representation
 * apart.
 *
 *     ETag          = entity-tag
 *     Last-Modified = HTTP-date
 *
 * For example `ETag: "xyzzy"`, `Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT`.
 */
import type { EntityTag } from './entity-tag.ts'

/**
 * The validators of one version of a representation, as far as they are known (9110 §8.8).
 *
 * @example
 * const version = { lastModified: new Date('1994-11-06T08:49:37.500Z') }
 * const fields = new Headers({ 'If-Modified-Since': 'Sun, 06 Nov 1994 08:49:37 GMT' })
 * evaluatePreconditions(fields, version, Date.now()) // 'not-modified'
 */
export interface Validators {
  /** Sent as ETag (9110 §8.8.3). Default: none. */
  readonly etag?: EntityTag | undefined
  /**
   * Sent as Last-Modified (9110 §8.8.2), rounded down to a whole second. The milliseconds only count for whether the
   * date is strong yet. Default: none.
   */
  readonly lastModified?: Date | undefined
}

/**
 * Whether a modification date is a strong validator: at least one second before `now`. A younger one is not, since the
 * representation may change again within the same second (9110 §8.8.2.2).
 *
 * @param now milliseconds since the epoch.
 * @returns `false` also for a date in the future, and for none.
 */
export function isStrongDate(lastModified: Date | undefined, now: number): lastModified is Date {
  return lastModified !== undefined && now - lastModified.getTime() >= 1000
}
