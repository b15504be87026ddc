import { delivered, type RawResponse } from '@rangekit/conformance'
import { OPEN_END } from '@rangekit/range-core'
import { field } from '@rangekit/test-kit/raw'

/** What became of a request. */
export type Verdict = 'complete' | 'broken' | 'none'

interface Part {
  readonly firstPos: number
  /** As far as it was announced; `undefined` if it goes on to the end. */
  readonly length: number | undefined
  readonly bytes: Uint8Array
}

/** Judges what a server sends of a file that may be one of several versions. A tag stands for one of them. */
export class GrowingJudge {
  readonly #contents: readonly Uint8Array[]
  readonly #meant = new Map<string, readonly Uint8Array[]>()

  constructor(contents: readonly Uint8Array[]) {
    this.#contents = contents
  }

  /** @throws Error if a byte is wrong, or if what is not whole looks as if it were. */
  judge(response: RawResponse, ifRange: string | undefined): Verdict {
    const { status, complete, closed, extraBytes } = response
    if (!complete && !closed) throw new Error('The request hangs')
    if (extraBytes.byteLength > 0) throw new Error(`${extraBytes.byteLength} bytes follow the body`)
    if (status === 404 || status === 416) return 'none'
    // The first read failed.
    if (status === 500 || status === 503) return 'broken'
    const etag = field(response, 'etag')
    if (etag === undefined) throw new Error(`A ${status} without a tag`)
    if (status === 206 && ifRange !== undefined && ifRange !== etag)
      throw new Error(`If-Range ${ifRange} got a part of ${etag}`)
    const parts = partsOf(response)
    const before = this.#meant.get(etag) ?? this.#contents
    const fits = before.filter((content) => parts.every((part) => isPartOf(content, part, complete)))
    if (fits.length === 0) throw new Error(`Wrong bytes under ${etag}: ${response.head}`)
    if (!etag.startsWith('W/')) this.#meant.set(etag, fits)
    return complete ? 'complete' : 'broken'
  }
}

function partsOf(response: RawResponse): readonly Part[] {
  const { status, body, complete } = response
  if (status === 200) {
    const length = field(response, 'content-length')
    return [{ firstPos: 0, length: length === undefined ? undefined : Number(length), bytes: body }]
  }
  if (status !== 206) throw new Error(`Status ${status}`)
  const content = delivered(response)
  if (content.kind === 'broken') {
    if (complete) throw new Error(content.problem)
    return []
  }
  return content.parts.map(({ range: { firstPos, lastPos }, bytes }) => ({
    firstPos,
    length: lastPos === OPEN_END ? undefined : lastPos + 1 - firstPos,
    bytes,
  }))
}

/** Whether bytes are those of a version, and all of them if they are said to be. */
function isPartOf(content: Uint8Array, { firstPos, length, bytes }: Part, complete: boolean): boolean {
  const expected = complete ? (length ?? content.byteLength - firstPos) : bytes.byteLength
  if (bytes.byteLength !== expected) return false
  return Buffer.compare(bytes, content.subarray(firstPos, firstPos + bytes.byteLength)) === 0
}
