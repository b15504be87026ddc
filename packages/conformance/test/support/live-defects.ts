import type { LiveDefect } from './reference-server.ts'

const VERY_LARGE = '9007199254740991'

/** Sets or removes a field of every response with this status. */
const field =
  (status: number, name: string, value?: string): LiveDefect =>
  (answer) => {
    if (answer.status !== status) return
    if (value === undefined) delete answer.headers[name]
    else answer.headers[name] = value
  }

/** Rewrites the Content-Range of a 206 without parts. */
const contentRange =
  (change: (value: string) => string): LiveDefect =>
  (answer) => {
    const value = answer.headers['Content-Range']
    if (value !== undefined && answer.status === 206) answer.headers['Content-Range'] = change(value)
  }

/** Ends what has no end, with its length. */
const ended: LiveDefect = (answer) => {
  if (!answer.isEndless) return
  answer.isEndless = false
  answer.headers['Content-Length'] = String(answer.body.length)
}

/** Defects, each with the vector that must fail for it, and the level and section of the rule that is broken. */
export const LIVE_DEFECTS: readonly (readonly [
  name: string,
  id: string,
  broken: string,
  defect: LiveDefect,
])[] = [
  ['a 200 with the length of the moment', 'unknown-200', 'SHOULD 8673 §2.2', ended],
  [
    'a 200 that ends with its connection',
    'unknown-200-framing',
    'SHOULD 9112 §6.3',
    (answer) => {
      if (answer.status === 200) answer.headers['Transfer-Encoding'] = 'identity'
    },
  ],
  [
    'HEAD with a length that GET has not',
    'unknown-head',
    'MUST 9110 §8.6',
    (answer, { method }) => {
      if (method === 'HEAD') answer.headers['Content-Length'] = '100000'
    },
  ],
  [
    'a body of other bytes',
    'unknown-live',
    'SHOULD 8673 §2.2',
    (answer) => {
      if (answer.isEndless && answer.status === 206) answer.body = Buffer.alloc(100_000, 'x')
    },
  ],
  [
    'the very large position with the length of the moment',
    'unknown-live',
    'MUST 9110 §15.3.7.1',
    (answer) => {
      if (answer.status === 206) ended(answer, { method: 'GET', found: true, headers: {} })
    },
  ],
  [
    'a complete length in some responses',
    'unknown-int-range',
    'SHOULD 9110 §14.4',
    contentRange((value) => value.replace('0-99/*', '0-99/100000')),
  ],
  [
    'another last position in place of the one requested',
    'unknown-live',
    'SHOULD 8673 §2.2',
    contentRange((value) => value.replace(VERY_LARGE, '9007199254740990')),
  ],
  [
    'a range that stops before the last byte that is there',
    'unknown-clamped',
    'SHOULD 9110 §14.1.2',
    (answer, { headers: { range } }) => {
      if (range?.startsWith('bytes=50000-') !== true || answer.isEndless) return
      answer.body = answer.body.subarray(0, 10)
      answer.headers['Content-Range'] = 'bytes 50000-50009/*'
      answer.headers['Content-Length'] = '10'
    },
  ],
  [
    'an asterisk in a 416',
    'unknown-416-content-range',
    'SHOULD 9110 §15.5.17',
    field(416, 'Content-Range', 'bytes */*'),
  ],
  [
    'a 416 with less than there is',
    'unknown-unsatisfiable',
    'SHOULD 9110 §14.4',
    field(416, 'Content-Range', 'bytes */99999'),
  ],
  [
    'a suffix that is not at the end',
    'unknown-suffix',
    'MAY 9110 §14.1.2',
    contentRange((value) => value.replace('99990-99999', '99989-99998')),
  ],
  ['no ETag in a 206', 'unknown-206-etag', 'MUST 9110 §15.3.7', field(206, 'ETag')],
  [
    'a 206 to HEAD',
    'unknown-head-range',
    'MUST 9110 §14.2',
    (answer, { method, headers: { range } }) => {
      if (method === 'HEAD' && range !== undefined) answer.status = 206
    },
  ],
  [
    'If-Range ignored',
    'unknown-if-range-other',
    'MUST 9110 §13.1.5',
    (answer, { headers }) => {
      if (headers['if-range'] !== '"rangekit-other"') return
      answer.status = 206
      answer.headers['Content-Range'] = 'bytes 0-99/*'
      answer.headers['Content-Length'] = '100'
      answer.body = answer.body.subarray(0, 100)
      answer.isEndless = false
    },
  ],
]
