import { parseRanges } from '../../src/origin/correct/ranges.ts'
import type { ReferenceAnswer, ReferenceFile, ReferenceRequest } from './reference-answer.ts'
import { referenceAnswer } from './reference-answer.ts'

/** A response whose body has no end for as long as `isEndless`: more bytes are still to come. */
export interface LiveAnswer extends ReferenceAnswer {
  isEndless: boolean
}

const VERY_LARGE = '9007199254740991'

/**
 * The correct response to a request for one representation of unknown length (RFC 8673). It is that of
 * a known length, without this length.
 */
export function liveAnswer(request: ReferenceRequest, file: ReferenceFile): LiveAnswer {
  const known = referenceAnswer(request, file)
  const { headers } = known
  const length = file.bytes.length
  if (known.status === 200) {
    delete headers['Content-Length']
    return { ...known, isEndless: true }
  }
  const [, first = '', last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers['range'] ?? '') ?? []
  if (known.status !== 206) return { ...known, isEndless: false }
  if (last === '' || last === VERY_LARGE) {
    delete headers['Content-Length']
    headers['Content-Range'] = `bytes ${first}-${VERY_LARGE}/*`
    return { ...known, isEndless: true }
  }
  if (headers['Content-Range'] !== undefined) {
    headers['Content-Range'] = headers['Content-Range'].replace(/\d+$/, '*')
    return { ...known, isEndless: false }
  }
  const ranges = parseRanges(request.headers['range'], length) ?? []
  const parts = ranges.flatMap(({ firstPos, lastPos }) => [
    Buffer.from(`--x\r\nContent-Type: video/mp4\r\nContent-Range: bytes ${firstPos}-${lastPos}/*\r\n\r\n`),
    file.bytes.subarray(firstPos, lastPos + 1),
    Buffer.from('\r\n'),
  ])
  known.body = Buffer.concat([...parts, Buffer.from('--x--\r\n')])
  headers['Content-Type'] = 'multipart/byteranges; boundary=x'
  headers['Content-Length'] = String(known.body.length)
  return { ...known, isEndless: false }
}
