/**
 * The body of a 206 with several ranges: multipart/byteranges (RFC 9110 §14.6, RFC 2046 §5.1.1). Each part is a range
 * with its own Content-Type and Content-Range.
 *
 *     body          = dash-boundary CRLF part *( CRLF dash-boundary CRLF part ) CRLF dash-boundary "--" CRLF
 *     dash-boundary = "--" boundary
 *     part          = [ "Content-Type:" SP media-type CRLF ] "Content-Range:" SP Content-Range CRLF CRLF *OCTET
 *
 * For example, two bytes of a text of ten:
 *
 *     --b
 *     Content-Type: text/plain
 *     Content-Range: bytes 0-0/10
 *
 *     a
 *     --b
 *     Content-Type: text/plain
 *     Content-Range: bytes 9-9/10
 *
 *     j
 *     --b--
 */
import { type ByteRange, byteLength, OPEN_END } from './byte-range.ts'
import { formatContentRange } from './content-range.ts'
import type { Segment } from './segment.ts'
import { FIELD_VALUE } from './sendable-fields.ts'

/** A multipart body before any range is read. */
export interface MultipartBody {
  /** Content-Type of the response, with the boundary. */
  readonly contentType: string
  /** Content-Length of the response: the exact number of bytes in all segments. */
  readonly contentLength: number
  /** Literal bytes and ranges in turn, literal bytes first and last. */
  readonly segments: readonly Segment[]
}

const encoder = new TextEncoder()

/**
 * Lays out a multipart/byteranges body with its exact length (9110 §14.6).
 *
 * @param ranges at least one, all within the representation; sent in this order.
 * @param completeLength bytes in the whole representation; `undefined` if that is not known yet.
 * @param boundary 1 to 70 characters of a token, which occur in no part. Not checked.
 * @param contentType the representation's media type, repeated in each part. Default: none.
 * @throws TypeError if `contentType` is not a field value.
 * @example
 * const body = layOutMultipart([{ firstPos: 0, lastPos: 0 }, { firstPos: 9, lastPos: 9 }], 10, 'b')
 * body.contentType // 'multipart/byteranges; boundary=b'
 * body.contentLength // 85
 * body.segments.map(({ kind }) => kind) // ['bytes', 'range', 'bytes', 'range', 'bytes']
 */
export function layOutMultipart(
  ranges: readonly ByteRange[],
  completeLength: number | undefined,
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

/**
 * The most bytes that one more part can add to the ranges themselves: its delimiter and its header. Characters of
 * `contentType` outside ASCII count as one byte.
 *
 * @throws TypeError if `contentType` is not a field value.
 */
export function partOverhead(
  completeLength: number | undefined,
  boundary: string,
  contentType?: string,
): number {
  const end = completeLength ?? OPEN_END
  const longest = { firstPos: end, lastPos: end }
  // 6 for CRLF and "--" before the boundary and CRLF behind it.
  return boundary.length + 6 + partHeader(longest, completeLength, contentType).length
}

function partHeader(
  range: ByteRange,
  completeLength: number | undefined,
  contentType: string | undefined,
): string {
  // A line break would end the field and begin another.
  if (contentType !== undefined && !FIELD_VALUE.test(contentType)) {
    throw new TypeError(`Not a media type: ${JSON.stringify(contentType)}`)
  }
  const type = contentType === undefined ? '' : `Content-Type: ${contentType}\r\n`
  return `${type}Content-Range: ${formatContentRange(range, completeLength)}\r\n\r\n`
}
