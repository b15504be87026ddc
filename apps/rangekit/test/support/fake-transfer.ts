import type { Transfer } from '@rangekit/range-handler'

/** A transfer that tests move on. */
export interface FakeTransfer extends Transfer {
  bytesSent: number | undefined
  outcome: Transfer['outcome']
  status: number
}

/**
 * The transfer of ten bytes of a file of 100, none of which has been sent.
 *
 * @param fields of the request. Default: none.
 */
export function fakeTransfer(key: string, fields: Record<string, string> = {}): FakeTransfer {
  return {
    request: new Request('http://localhost/', { headers: fields }),
    key,
    status: 206,
    headers: new Headers({ ETag: '"1"', 'X-Other': 'x' }),
    segments: [{ kind: 'range', range: { firstPos: 0, lastPos: 9 } }],
    length: 10,
    completeLength: 100,
    isComplete: true,
    frontier: undefined,
    startedAt: Date.now(),
    duration: 5,
    bytesSent: 0,
    outcome: undefined,
  }
}
