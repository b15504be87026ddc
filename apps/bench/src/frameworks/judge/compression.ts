import { headerValue, rawExchange } from '@rangekit/conformance'
import type { TestFolder } from '@rangekit/test-kit/folder'
import { requestText } from '@rangekit/test-kit/raw'
import { type Finding, type Ground, targetOf } from './ground.ts'

const NAME = 'lines.txt'
const TEXT = 'a text that any compressor makes much shorter\n'.repeat(4000)
/** The range that is asked for, and its length. */
const RANGE = { firstPos: 1000, lastPos: 100_999, length: 100_000 } as const

/** Puts the file there that is asked for. */
export function putCompressionFile(media: TestFolder): string {
  return media.put(NAME, TEXT)
}

/** Whether a range of a text reaches a client that accepts compression as it is in the file. */
export async function judgeCompression(ground: Ground): Promise<readonly Finding[]> {
  putCompressionFile(ground.media)
  const { path, ...target } = targetOf(ground, NAME)
  const { firstPos, lastPos, length } = RANGE
  const response = await rawExchange(
    target,
    requestText(`GET ${path}`, [
      `Range: bytes=${firstPos}-${lastPos}`,
      'Accept-Encoding: gzip, deflate, br, zstd',
      'Connection: close',
    ]),
  )
  const { status, headers, body, head } = response
  if (status !== 206) return [{ what: 'not a 206', detail: head }]
  if (headerValue(headers, 'content-encoding') !== undefined) return [{ what: 'compressed', detail: head }]
  const expected = TEXT.slice(firstPos, firstPos + length)
  return body.toString('latin1') === expected ? [] : [{ what: 'other bytes', detail: head }]
}
