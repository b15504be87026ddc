import { type ByteRange, byteLength } from './byte-range.ts'
import { formatContentRange } from './content-range.ts'
import type { Segment } from './segment.ts'
import { FIELD_VALUE } from './sendable-fields.ts'

/**
 * A body of media type multipart/byteranges (RFC 9110 §14.6): each part is a range with its own
 * Content-Type and Content-Range, between lines of a boundary.
 */

/** A multipart body before any of it is read. */
export interface MultipartBody {
  /** The response's Content-Type, with the boundary. */
  readonly contentType: string
  /** Exactly how many bytes the segments make. */
  readonly contentLength: number
  readonly segments: readonly Segment[]
}

const encoder = new TextEncoder()

/**
 * Lays out a multipart/byteranges body, with its exact length.
 *
 * @param boundary 1 to 70 characters that occur in no part; random, in practice.
 * @param contentType the representation's media type; each part carries it if it is known.
 * @throws TypeError where `contentType` is not a field value.
 * @example
 * const { contentLength } = layOutMultipart([{ firstPos: 0, lastPos: 0 }, { firstPos: 9, lastPos: 9 }], 10, 'b')
 */
export function layOutMultipart(
  ranges: readonly ByteRange[],
  completeLength: number,
  boundary: string,
  contentType?: string,
): MultipartBody {
  const segments: Segment[] = []
  let contentLength = 0
  const literal = (text: string) => {
    const bytes = encoder.encode(text)
    segments.push({ kind: 'bytes', bytes })
    contentLength += bytes.byteLength
  }
  let delimiter = `--${boundary}\r\n`
  for (const range of ranges) {
    literal(delimiter + partHeader(range, completeLength, contentType))
    segments.push({ kind: 'range', range })
    contentLength += byteLength(range)
    delimiter = `\r\n--${boundary}\r\n`
  }
  literal(`\r\n--${boundary}--\r\n`)
  return { contentType: `multipart/byteranges; boundary=${boundary}`, contentLength, segments }
}

/** The most bytes that one more part can cost: its delimiter line and its header. */
export function partOverhead(completeLength: number, boundary: string, contentType?: string): number {
  const longest = { firstPos: completeLength, lastPos: completeLength }
  return boundary.length + 6 + partHeader(longest, completeLength, contentType).length
}

function partHeader(range: ByteRange, completeLength: number, contentType: string | undefined): string {
  if (contentType !== undefined && !FIELD_VALUE.test(contentType)) {
    throw new TypeError(`Not a media type: ${JSON.stringify(contentType)}`)
  }
  const type = contentType === undefined ? '' : `Content-Type: ${contentType}\r\n`
  return `${type}Content-Range: ${formatContentRange(range, completeLength)}\r\n\r\n`
}
