import { aborted, failed, faultResponse } from '@rangekit/range-handler'
import { allowance } from '../limits/allowance.ts'
import { type Channel, ClientGone } from './channel.ts'
import { type PlainAnswer, plainAnswer } from './choose-answer.ts'
import { endOfTurn } from './end-of-turn.ts'
import { framedAs } from './response-head.ts'

/** The head waits for up to this many bytes of the body, in case they are all of it and their number is known then. */
const MAX_READY = 64 * 1024

type Reader = ReadableStreamDefaultReader<unknown>

/**
 * Sends a response with its body as a stream: an app's own, or one that a middleware made.
 *
 * The body is exactly as long as its Content-Length, or the connection ends. The Content-Length of a short body that is
 * complete at once is its actual length, whatever the fields say: Hono keeps those of a response that was replaced.
 */
export async function sendResponse(answer: PlainAnswer, channel: Channel): Promise<void> {
  try {
    await attempt(answer, channel)
  } catch (error) {
    // A failure after the client left is not a fault: the reader was cancelled, or the file closed.
    if (error instanceof ClientGone || channel.isGone) {
      channel.record?.end(aborted(error))
      return
    }
    console.error(error)
    await sendFault(error, channel)
  }
}

async function attempt({ response, fieldsFor }: PlainAnswer, channel: Channel): Promise<void> {
  let reader: Reader | undefined
  let isForm = false
  const cancel = () => {
    // Cancelling the body of a form makes Node fail for good. It is all in memory anyway.
    if (!isForm) reader?.cancel().catch(() => {})
  }
  const forget = channel.onClose(cancel)
  try {
    // Throws if the app returned something other than a Response.
    const { status, headers } = response
    const hasBody = channel.method !== 'HEAD' && status !== 204 && status !== 304
    isForm = headers.get('content-type')?.startsWith('multipart/form-data') === true
    // Throws if something else is reading it.
    reader = response.body?.getReader()
    // If the client left before the app answered, the body is cancelled here.
    if (channel.isGone) throw new ClientGone()
    if (reader !== undefined && hasBody) return await sendStream(reader, status, fieldsFor, channel)
    const fields = fieldsFor(hasBody ? 0 : undefined)
    // 9110 §8.6: no Content-Length in a 204. In a 304 and in a response to HEAD it is the length that GET would get.
    const { 'Content-Length': _, ...withoutLength } = fields
    channel.writeHead(status, framedAs(status === 204 ? withoutLength : fields, hasBody ? 0 : undefined))
    channel.end()
  } finally {
    forget()
    cancel()
  }
}

/**
 * Responds to a fault. If the head was sent, ends the connection, so that a truncated body does not look complete.
 *
 * @returns the status of the response; `undefined` if it was not sent.
 */
export async function sendFault(error: unknown, channel: Channel): Promise<number | undefined> {
  channel.record?.fail(failed(error))
  if (channel.isHeadSent) {
    channel.breakOff()
    return undefined
  }
  channel.resetHead()
  const response = faultResponse(channel.method, error)
  try {
    await attempt(plainAnswer(response), channel)
    return response.status
  } catch (failure) {
    // Some middleware fails at every head: another attempt would be one of many.
    if (!channel.isGone) console.error(failure)
    channel.breakOff()
    return undefined
  }
}

async function sendStream(
  reader: Reader,
  status: number,
  fieldsFor: PlainAnswer['fieldsFor'],
  channel: Channel,
): Promise<void> {
  const ready: Uint8Array[] = []
  let size = 0
  let next = reader.read()
  let soon = await Promise.race([next, twoTurns()])
  while (soon !== undefined && !soon.done && size < MAX_READY) {
    const bytes = toBytes(soon.value)
    ready.push(bytes)
    size += bytes.byteLength
    next = reader.read()
    soon = await Promise.race([next, twoTurns()])
  }
  const length = soon?.done ? size : undefined
  const fields = framedAs(fieldsFor(length), length)
  channel.writeHead(status, fields)
  // An event stream may be silent for long, but its client has to see that it has begun.
  if (soon === undefined && size === 0) channel.flushHead()
  const { share } = channel.connection
  const declared = fields['Content-Length']
  let missing = declared === undefined ? undefined : Number(declared)
  const send = async (bytes: Uint8Array) => {
    if (missing !== undefined) missing -= bytes.byteLength
    if (missing !== undefined && missing < 0)
      throw new Error(`The body is longer than its Content-Length of ${declared}`)
    let rest = bytes
    while (rest.byteLength > 0) {
      const room = share === undefined ? rest.byteLength : await allowance(share, rest.byteLength, channel)
      await channel.write(rest.subarray(0, room), 'more')
      rest = rest.subarray(room)
    }
  }
  for (const bytes of ready) await send(bytes)
  for (let piece = await next; !piece.done; piece = await reader.read()) await send(toBytes(piece.value))
  if (channel.isGone) throw new ClientGone()
  if (missing) throw new Error(`The body ended ${missing} bytes before its Content-Length of ${declared}`)
  channel.end()
}

/** Long enough for a body that is already available to report its end. */
async function twoTurns(): Promise<void> {
  await endOfTurn()
  await endOfTurn()
}

const encoder = new TextEncoder()

/** Converts a chunk of a stream: bytes, or text as some apps write it. */
function toBytes(chunk: unknown = ''): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk === 'string') return encoder.encode(chunk)
  throw new TypeError('A chunk of the body is neither bytes nor text')
}
