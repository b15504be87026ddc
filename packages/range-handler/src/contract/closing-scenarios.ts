import type { ReadInstead } from './watched-source.ts'

export const LENGTH = 700_001
/** How long a slow read takes, in milliseconds. */
export const SLOW = 40

export interface Scenario {
  /** When the representation must be closed. */
  readonly when: string
  readonly status: number
  readonly method?: string
  readonly fields?: Record<string, string>
  readonly readInstead?: ReadInstead
  /** The minimum duration of every read, in milliseconds. Default: 0. */
  readonly delay?: number
  /** What the client does with the body. Default: reads it to its end. */
  readonly consume?: (body: ReadableStream<Uint8Array>) => Promise<unknown>
}

export const readAll = (body: ReadableStream<Uint8Array>) => new Response(body).arrayBuffer()

/** Reads a body that must fail before its end. */
export async function expectBreak(body: ReadableStream<Uint8Array>): Promise<void> {
  const whole = await readAll(body).catch(() => undefined)
  if (whole !== undefined) throw new Error(`A body ended as if it were whole, although its source failed`)
}

const sleep = (time: number) => new Promise((resolve) => setTimeout(resolve, time))

/** Leaves during a slow read. The first part header of a multipart body comes at once. */
async function leaveDuringRead(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader()
  const pending = Promise.allSettled([reader.read(), reader.read()])
  await sleep(SLOW / 4)
  await reader.cancel()
  await pending
}

/** A read that gives one piece, then fails. */
const failInTheMiddle: ReadInstead = () =>
  new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(1000)),
    pull: (controller) => controller.error(new Error('The source failed, as the check demands')),
  })

export const SCENARIOS: readonly Scenario[] = [
  { when: 'everything was read', status: 200 },
  { when: 'a short range was read', status: 206, fields: { Range: 'bytes=0-99' } },
  { when: 'a long range was read', status: 206, fields: { Range: 'bytes=1-' } },
  { when: 'several ranges were read', status: 206, fields: { Range: 'bytes=0-99,500000-500099,-1' } },
  { when: 'only the head was requested (HEAD)', status: 200, method: 'HEAD' },
  { when: 'nothing was modified (304)', status: 304, fields: { 'If-None-Match': '*' } },
  { when: 'a precondition failed (412)', status: 412, fields: { 'If-Match': '"contract: no such tag"' } },
  { when: 'no range can be satisfied (416)', status: 416, fields: { Range: `bytes=${LENGTH}-` } },
  { when: 'the client left before the first byte', status: 200, consume: (body) => body.cancel() },
  {
    when: 'the client left in the middle',
    status: 200,
    async consume(body) {
      const reader = body.getReader()
      await reader.read()
      await reader.cancel()
    },
  },
  {
    when: 'the client left while a read was under way',
    status: 206,
    fields: { Range: 'bytes=0-99,100000-600000' },
    async consume(body) {
      const reader = body.getReader()
      await reader.read()
      await reader.read()
      const pending = reader.read()
      await reader.cancel()
      // It ends, or fails on workerd's native streams.
      await pending.catch(() => undefined)
    },
  },
  {
    when: 'the client left during a slow read of everything',
    status: 200,
    delay: SLOW,
    consume: leaveDuringRead,
  },
  {
    when: 'the client left during a slow read of several ranges',
    status: 206,
    fields: { Range: 'bytes=0-99,100000-100099,500000-' },
    delay: SLOW,
    consume: leaveDuringRead,
  },
  {
    when: 'the source failed before the first byte',
    status: 500,
    fields: { Range: 'bytes=0-99' },
    readInstead: () => Promise.reject(new Error('The source failed, as the check demands')),
  },
  {
    when: 'the source failed in the middle',
    status: 200,
    readInstead: failInTheMiddle,
    consume: expectBreak,
  },
  {
    when: 'the source gave too few bytes',
    status: 200,
    readInstead: () => new Blob([new Uint8Array(1000)]).stream(),
    consume: expectBreak,
  },
  {
    when: 'the source gave too many bytes',
    status: 200,
    readInstead: () => new Blob([new Uint8Array(LENGTH + 1)]).stream(),
    consume: expectBreak,
  },
]
