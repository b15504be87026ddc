/** How much the tests ask of the server on a runtime; where something is missing, the runtime does not give it. */
interface Offer {
  readonly name: 'node' | 'bun' | 'deno'
  /** How bodies can be sent. */
  readonly ways: readonly Way[]
  /** Whether one can say how long a connection may stand still and how long a head may take: for such tests' tables. */
  readonly timeouts: readonly string[]
  /** Head time-outs by which a connection that was not read for a while is not taken for late: for a table as well. */
  readonly patience: readonly string[]
  /** How many processes can share a port: for a table as well. */
  readonly workers: readonly number[]
  /** What a connection hears that is idle when the server is told to stop: an answer to one request more, or its end. */
  readonly farewell: 'an answer' | 'nothing'
  /** What becomes of a connection that came while there was no descriptor for it, as soon as there is one. */
  readonly flooded: 'answered' | 'reset'
  /** What a client that does not read may cost, in KiB. */
  readonly sleeper: number
  /** What a client may cost that has read much and then pauses, in KiB. */
  readonly pauser: number
  /** What a client may cost that sends 53 KiB of requests at once and reads nothing, in MiB. */
  readonly pipeline: number
  /** How many of a test's rounds are enough: those on Node search for what others would only find again. */
  readonly share: number
}

interface Way {
  readonly way: 'from pooled buffers' | 'as streams'
  readonly args: readonly string[]
  readonly share: number
}

const POOLED = { way: 'from pooled buffers', args: [], share: 1 } as const
const STREAMS = { way: 'as streams', args: ['--no-fast-path'], share: 0.3 } as const

const OFFERS = {
  node: {
    name: 'node',
    ways: [POOLED, STREAMS],
    timeouts: ['1s'],
    patience: ['1s'],
    workers: [2],
    farewell: 'an answer',
    flooded: 'answered',
    sleeper: 128,
    pauser: 128,
    pipeline: 4,
    share: 1,
  },
  // Its node:http cannot stop to listen without closing what is idle.
  bun: {
    name: 'bun',
    ways: [{ ...POOLED, share: 0.3 }, STREAMS],
    timeouts: ['1s'],
    patience: ['1s'],
    workers: [2],
    farewell: 'nothing',
    flooded: 'answered',
    // Mostly 70 to 150, and 80 to 130; now and then its collector has not come yet.
    sleeper: 320,
    pauser: 256,
    pipeline: 4,
    share: 0.3,
  },
  // Its node:cluster cannot share a port, and its parser is of no use once it has taken a request for late. It gives up
  // accepting when it has no descriptor; to listen anew resets those who wait.
  deno: {
    name: 'deno',
    ways: [{ ...POOLED, share: 0.3 }, STREAMS],
    timeouts: ['1s'],
    patience: [],
    workers: [],
    farewell: 'an answer',
    flooded: 'reset',
    sleeper: 256,
    pauser: 256,
    pipeline: 8,
    share: 0.3,
  },
} as const satisfies Readonly<Record<string, Offer>>

function isName(name: string): name is keyof typeof OFFERS {
  return name in OFFERS
}

/** The runtime that the server runs on in these tests: Node, unless RANGEKIT_RUNTIME names another. */
export const runtime: Offer = offerOf(process.env['RANGEKIT_RUNTIME'] ?? 'node')

function offerOf(name: string): Offer {
  if (!isName(name)) throw new Error(`RANGEKIT_RUNTIME is none of ${Object.keys(OFFERS).join(', ')}: ${name}`)
  return OFFERS[name]
}
