import type { EntityTag, Fields, ReprDigests, RepresentationInfo } from '@rangekit/range-core'

/** Everything that the source says of what it has opened. */
export class OpenedInfo implements RepresentationInfo {
  readonly completeLength: number | undefined
  readonly contentType: string | undefined
  readonly cacheControl: string | undefined
  readonly etag: EntityTag | undefined
  readonly lastModified: Date | undefined
  readonly fields: Fields | undefined
  readonly digests: ReprDigests | undefined

  constructor(opened: RepresentationInfo) {
    this.completeLength = opened.completeLength
    this.contentType = opened.contentType
    this.cacheControl = opened.cacheControl
    this.etag = opened.etag
    this.lastModified = opened.lastModified
    this.fields = opened.fields
    this.digests = opened.digests
  }
}
