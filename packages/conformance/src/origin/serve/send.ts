import type { ServerResponse } from 'node:http'
import type { Part, PlannedAnswer } from '../correct/answer.ts'
import type { Stop, Wire } from '../faults/fault.ts'
import { piecesAt } from '../file.ts'

/** How long what was written has to leave before a reset, which would drop it. */
const FLUSH_MS = 2

export interface Sending {
  readonly answer: PlannedAnswer
  readonly wire: Wire
  /** The version whose bytes are sent. */
  readonly version: number
  /** Whether there is a body: not in responses to HEAD. */
  readonly hasBody: boolean
  /** Called for each piece that is sent. */
  onBytes(count: number): void
}

/** Sends a response as its wire says. Resolves when it is sent, or its connection has ended. */
export async function send(response: ServerResponse, sending: Sending): Promise<void> {
  const { answer, wire, hasBody } = sending
  const [first] = wire.stops
  if (first?.at === 'head' && !(await passes(response, first))) return
  response.writeHead(answer.status, answer.fields)
  if (hasBody && !(await sendBody(response, sending))) return
  const { socket } = response
  response.end(() => {
    if (wire.extra !== undefined && socket?.writable) socket.write(wire.extra)
  })
}

/** Returns whether all was sent. */
async function sendBody(
  response: ServerResponse,
  { answer, wire, version, onBytes }: Sending,
): Promise<boolean> {
  const stops = [...wire.stops]
  let sent = 0
  for (let piece of pieces(answer.body, version)) {
    let stop = stops[0]
    while (stop !== undefined && typeof stop.at === 'number' && stop.at <= sent + piece.length) {
      const before = piece.subarray(0, stop.at - sent)
      piece = piece.subarray(before.length)
      sent += before.length
      onBytes(before.length)
      if (!(await write(response, before)) || !(await passes(response, stop))) return false
      stops.shift()
      stop = stops[0]
    }
    sent += piece.length
    onBytes(piece.length)
    if (!(await write(response, piece))) return false
  }
  return true
}

/** Returns whether the connection is still there. */
async function write(response: ServerResponse, piece: Uint8Array): Promise<boolean> {
  if (response.destroyed) return false
  if (piece.length > 0 && !response.write(piece)) await first(response, 'drain')
  return !response.destroyed
}

/** Waits at a stop. Returns whether the response goes on. */
async function passes(response: ServerResponse, { forMs, outcome }: Stop): Promise<boolean> {
  const { socket } = response
  if (response.headersSent) response.flushHeaders()
  await first(response, undefined, outcome === 'reset' ? Math.max(forMs, FLUSH_MS) : forMs)
  if (response.destroyed || socket === null) return false
  if (outcome === 'close') socket.destroySoon()
  if (outcome === 'reset') socket.resetAndDestroy()
  return outcome === 'go-on'
}

/** Waits for an event or some milliseconds; no longer than the client stays. */
function first(response: ServerResponse, event?: 'drain', ms?: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = ms === undefined ? undefined : setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      response.off('close', done)
      if (event !== undefined) response.off(event, done)
      resolve()
    }
    response.on('close', done)
    if (event !== undefined) response.on(event, done)
  })
}

function* pieces(body: readonly Part[], version: number): Generator<Uint8Array> {
  for (const part of body) {
    if (part instanceof Uint8Array) yield part
    else yield* piecesAt(version, part.firstPos, part.lastPos)
  }
}
