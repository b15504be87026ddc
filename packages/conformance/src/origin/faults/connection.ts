import { bytesAt } from '../content.ts'
import { type Fault, type Stop, somewhere } from './fault.ts'

const TRAILING = 32
const SLOW_PIECES = 8

/** Stops within the body. */
const stop =
  (outcome: Stop['outcome'], isStall = false): NonNullable<Fault['apply']> =>
  (context) => {
    const forMs = isStall ? context.settings.stallMs : 0
    context.wire.stops = [{ at: somewhere(context), forMs, outcome }]
  }

/** Faults of the connection: what is sent of a right response, and when. */
export const connectionFaults = [
  {
    name: 'drop',
    kind: 'broken',
    text: 'The connection is closed before the head of the response.',
    to: 'any',
    apply: ({ wire }) => {
      wire.stops = [{ at: 'head', forMs: 0, outcome: 'close' }]
    },
  },
  {
    name: 'cut',
    kind: 'broken',
    text: 'The connection is reset within the body.',
    to: 'content',
    apply: stop('reset'),
  },
  {
    name: 'short',
    kind: 'broken',
    text: 'The connection is closed in order before the body has the length in Content-Length.',
    to: 'content',
    apply: stop('close'),
  },
  {
    name: 'short-open',
    kind: 'broken',
    text: 'The body is shorter than Content-Length says, and the connection stays open, until it is closed after the time of a stall.',
    to: 'content',
    apply: stop('close', true),
  },
  {
    name: 'trailing',
    kind: 'broken',
    text: 'More bytes follow the response on its connection.',
    to: 'content',
    apply: ({ wire, version, sent }) => {
      wire.extra = bytesAt(version, sent.lastPos + 1, sent.lastPos + TRAILING)
    },
  },
  {
    name: 'stall-head',
    kind: 'permitted',
    text: 'Nothing is sent for the time of a stall.',
    to: 'any',
    apply: ({ wire, settings }) => {
      wire.stops = [{ at: 'head', forMs: settings.stallMs, outcome: 'go-on' }]
    },
  },
  {
    name: 'stall',
    kind: 'permitted',
    text: 'The body stops for the time of a stall, and goes on.',
    to: 'content',
    apply: stop('go-on', true),
  },
  {
    name: 'slow',
    kind: 'permitted',
    text: 'The body comes in eight pieces with pauses between them.',
    to: 'content',
    apply: ({ wire, settings, sent: { firstPos, lastPos } }) => {
      const step = (lastPos - firstPos + 1) / SLOW_PIECES
      const forMs = settings.slowMs / SLOW_PIECES
      wire.stops = Array.from({ length: SLOW_PIECES }, (_, index) => {
        return { at: Math.floor(index * step), forMs, outcome: 'go-on' }
      })
    },
  },
] as const satisfies readonly Fault[]
