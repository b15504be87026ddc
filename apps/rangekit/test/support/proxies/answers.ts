import { delivered, NoAnswerError, type RawResponse } from '@rangekit/conformance'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { exchange, field } from '@rangekit/test-kit/raw'

export const LENGTH = 8 * 1024 * 1024 + 3

/** Two versions of a file. Every fourth byte is the version; the others show their position. */
export const VERSIONS = { old: versionBytes(1), new: versionBytes(2) } as const

/** Milliseconds after which a response has stalled, however busy the machine is. */
const DEADLINE = 20_000

export interface Answer {
  /**
   * The status, the version in the body, and the ranges of a 206. `cut` and the version if the connection ends early;
   * `stalled` if nothing more comes.
   */
  readonly outcome: string
  readonly tag?: string | undefined
  readonly fromCache?: boolean
}

/** Requests a file, and classifies the response. */
export async function ask(port: number, name: string, ...fields: readonly string[]): Promise<Answer> {
  try {
    const response = await exchange(port, `GET /api/stream/${name}`, fields, { timeoutMs: DEADLINE })
    return {
      outcome: outcomeOf(response),
      tag: field(response, 'etag'),
      fromCache: field(response, 'x-cache')?.startsWith('HIT') ?? false,
    }
  } catch (error) {
    // There was no complete head.
    if (error instanceof NoAnswerError) return { outcome: error.reason === 'timeout' ? 'stalled' : 'cut' }
    throw error
  }
}

/** The same for a range. */
export function askFor(
  range: string,
  port: number,
  name: string,
  ...fields: readonly string[]
): Promise<Answer> {
  return ask(port, name, `Range: bytes=${range}`, ...fields)
}

/** The version that has these bytes at this position, or `wrong`. */
export function versionOf(bytes: Uint8Array, firstPos: number): string {
  for (const [name, version] of Object.entries(VERSIONS)) {
    if (sameBytes(version.subarray(firstPos, firstPos + bytes.byteLength), bytes)) return name
  }
  return 'wrong'
}

function versionBytes(version: number): Uint8Array<ArrayBuffer> {
  const bytes = positionBytes(LENGTH)
  for (let index = 3; index < LENGTH; index += 4) bytes[index] = version
  return bytes
}

function outcomeOf(response: RawResponse): string {
  const { status, body, complete, closed } = response
  if (!complete && !closed) return 'stalled'
  const firstPos = Number(/^bytes (\d+)-/.exec(field(response, 'content-range') ?? '')?.[1] ?? 0)
  if (!complete) return `cut ${versionOf(body, firstPos)}`
  if (status === 200) return `200 ${body.byteLength === LENGTH ? versionOf(body, 0) : 'wrong'}`
  if (status !== 206) return String(status)
  const content = delivered(response)
  if (content.kind === 'broken') return `206 ${content.problem}`
  const versions = content.parts.map(({ range, bytes }) => versionOf(bytes, range.firstPos))
  const ranges = content.parts.map(({ range }) => `${range.firstPos}-${range.lastPos}`)
  return `206 ${[...new Set(versions)].join('+')} ${ranges.join()}`
}
