import { faultResponse } from '@rangekit/range-handler'
import { writeHead } from './field-names.ts'
import { framedAs } from './framing.ts'
import { type Plain, plain } from './settle.ts'
import { type Channel, ClientGone, end, isGone, write } from './write.ts'
import { endOfTurn } from './write-batch.ts'

/** How many bytes are waited for before the head is sent, in case they are all. */
const MAX_READY = 64 * 1024

type Reader = ReadableStreamDefaultReader<unknown>

/**
 * Sends a response whose body is no planned one: an app's own, or one that a middleware made.
 *
 * Its body is exactly as long as its Content-Length, or the connection ends. A short one that is complete at once gets
 * the Content-Length that it has, whatever its fields say: Hono keeps those of a response that was replaced.
 */
export async function sendResponse({ response, fieldsFor }: Plain, channel: Channel): Promise<void> {
  const { outgoing } = channel
  let reader: Reader | undefined
  let isForm = false
  const cancel = () => {
    // Node fails for good when the body of a form is cancelled. It is all in memory.
    if (!isForm) reader?.cancel().catch(() => {})
  }
  outgoing.once('close', cancel)
  try {
    // Throws where an app answers with something else.
    const { status, headers } = response
    const hasBody = outgoing.req.method !== 'HEAD' && status !== 204 && status !== 304
    isForm = headers.get('content-type')?.startsWith('multipart/form-data') === true
    // Throws where somebody else is reading it.
    reader = response.body?.getReader()
    // The client left before the app had answered, and nothing closes a second time: the body has to be cancelled here.
    if (isGone(outgoing)) throw new ClientGone()
    if (reader !== undefined && hasBody) return await sendStream(reader, status, fieldsFor, channel)
    const fields = fieldsFor(hasBody ? 0 : undefined)
    // 9110 §8.6: no Content-Length in a 204. In a 304 and in the answer to HEAD it is what GET would get.
    const { 'Content-Length': _, ...withoutLength } = fields
    writeHead(outgoing, status, framedAs(status === 204 ? withoutLength : fields, hasBody ? 0 : undefined))
    end(channel)
  } catch (error) {
    // What fails when nobody waits for it is no fault: its reader was cancelled, or its file closed.
    if (error instanceof ClientGone || isGone(outgoing)) return
    console.error(error)
    await sendFault(error, channel)
  } finally {
    outgoing.off('close', cancel)
    cancel()
  }
}

/** The answer to a fault, or the end of the connection where the head has been sent: what stays short must not look whole. */
export async function sendFault(error: unknown, channel: Channel): Promise<void> {
  const { outgoing } = channel
  if (outgoing.headersSent) {
    outgoing.destroy()
    return
  }
  // A head that could not be written may have left fields behind.
  for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name)
  await sendResponse(plain(faultResponse(outgoing.req.method ?? '', error)), channel)
}

async function sendStream(
  reader: Reader,
  status: number,
  fieldsFor: Plain['fieldsFor'],
  channel: Channel,
): Promise<void> {
  const { outgoing } = channel
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
  writeHead(outgoing, status, fields)
  // An event stream may have nothing to say for long, but it has begun.
  if (soon === undefined && size === 0) outgoing.flushHeaders()
  const declared = fields['Content-Length']
  let missing = declared === undefined ? undefined : Number(declared)
  const send = async (bytes: Uint8Array) => {
    if (missing !== undefined) missing -= bytes.byteLength
    if (missing !== undefined && missing < 0)
      throw new Error(`The body is longer than its Content-Length of ${declared}`)
    if (bytes.byteLength > 0) await write(channel, bytes, 'more')
  }
  for (const bytes of ready) await send(bytes)
  for (let piece = await next; !piece.done; piece = await reader.read()) await send(toBytes(piece.value))
  if (isGone(outgoing)) throw new ClientGone()
  if (missing) throw new Error(`The body ended ${missing} bytes before its Content-Length of ${declared}`)
  end(channel)
}

/** Long enough for a body that is there to say that it is complete. */
async function twoTurns(): Promise<void> {
  await endOfTurn()
  await endOfTurn()
}

const encoder = new TextEncoder()

/** A chunk of a stream: bytes, or text as some apps write it. */
function toBytes(chunk: unknown = ''): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk === 'string') return encoder.encode(chunk)
  throw new TypeError('A chunk of the body is neither bytes nor text')
}
