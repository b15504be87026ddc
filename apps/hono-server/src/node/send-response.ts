import { faultResponse } from '@rangekit/range-core'
import { writeHead } from './field-names.ts'
import { type Plain, plain } from './planned-response.ts'
import { endOfTurn } from './turn.ts'
import { type Channel, ClientGone, isGone, write } from './write.ts'

type Reader = ReadableStreamDefaultReader<Uint8Array>

/**
 * Sends a response whose body is no planned one: an app's own, or one that a middleware made.
 *
 * Its body is exactly as long as its Content-Length, or the connection ends. A body that is complete by the end of this
 * event-loop turn gets the Content-Length that it has, whatever its fields say: Hono keeps those of a response that was
 * replaced.
 */
export async function sendResponse({ response, fieldsFor }: Plain, channel: Channel): Promise<void> {
  const { outgoing } = channel
  const { status, body } = response
  const hasBody = outgoing.req.method !== 'HEAD' && status !== 204 && status !== 304
  const reader = body?.getReader()
  const cancel = () => void reader?.cancel().catch(() => {})
  outgoing.once('close', cancel)
  try {
    if (reader !== undefined && hasBody) return await sendStream(reader, status, fieldsFor, channel)
    const fields = fieldsFor(hasBody ? 0 : undefined)
    // 9110 §8.6: none in a 204. In a 304 and in the answer to HEAD it is what GET would get.
    if (status === 204) delete fields['Content-Length']
    else if (hasBody) fields['Content-Length'] = '0'
    writeHead(outgoing, status, fields).end()
  } catch (error) {
    // What fails when nobody waits for it is no fault: its reader was cancelled, or its file closed.
    if (error instanceof ClientGone || isGone(outgoing)) return
    console.error(error)
    if (outgoing.headersSent) outgoing.destroy()
    else await sendResponse(plain(faultResponse(outgoing.req.method ?? '', error)), channel)
  } finally {
    outgoing.off('close', cancel)
    cancel()
  }
}

async function sendStream(
  reader: Reader,
  status: number,
  fieldsFor: Plain['fieldsFor'],
  channel: Channel,
): Promise<void> {
  const { outgoing } = channel
  const first = reader.read()
  const start = await Promise.race([first, endOfTurn()])
  const second = start === undefined || start.done ? undefined : reader.read()
  const end = second === undefined ? start : await Promise.race([second, endOfTurn()])
  const length = end?.done ? (start?.value?.byteLength ?? 0) : undefined
  const fields = fieldsFor(length)
  if (length !== undefined) fields['Content-Length'] = String(length)
  writeHead(outgoing, status, fields)
  // An event stream may have nothing to say for long, but it has begun.
  if (start === undefined) outgoing.flushHeaders()
  const declared = fields['Content-Length']
  let missing = declared === undefined ? undefined : Number(declared)
  const reads = second === undefined ? [first] : [first, second]
  for (;;) {
    const { done, value } = await (reads.shift() ?? reader.read())
    if (done) break
    if (missing !== undefined) missing -= value.byteLength
    if (missing !== undefined && missing < 0)
      throw new Error(`The body is longer than its Content-Length of ${declared}`)
    if (value.byteLength > 0) await write(channel, value, 'more')
  }
  if (isGone(outgoing)) throw new ClientGone()
  if (missing) throw new Error(`The body ended ${missing} bytes before its Content-Length of ${declared}`)
  outgoing.end()
}
