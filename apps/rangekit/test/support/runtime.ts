/** What the tests expect of the server on a runtime. Arrays are tables of tests: an empty one skips them. */
interface Offer {
  readonly name: 'node' | 'bun' | 'deno'
  /** The ways in which bodies are sent. */
  readonly ways: readonly Way[]
  /** Values of `--write-timeout` and `--head-timeout`; empty if the runtime has neither. */
  readonly timeouts: readonly string[]
  /** Values of `--head-timeout` that do not count the time during which the server did not read the connection. */
  readonly patience: readonly string[]
  /** Numbers of processes that share a port; empty if they cannot. */
  readonly workers: readonly number[]
  /** Whether the certificate of a running server can be replaced. */
  readonly replacesCertificates: boolean
  /** What an idle connection gets after SIGTERM: an answer to one more request, or its end. */
  readonly farewell: 'an answer' | 'nothing'
  /** What a connection that came when no descriptor was left gets once there is one. */
  readonly flooded: 'answered' | 'reset'
  /** The most that a client that does not read may cost, in KiB. */
  readonly sleeper: number
  /** The most that a client that has read 12 MiB and pauses may cost, in KiB. */
  readonly pauser: number
  /** The most that a client that sends 53 KiB of requests at once and reads nothing may cost, in MiB. */
  readonly pipeline: number
  /** The share of a test's rounds to run, from 0 to 1. Rounds on Node find most; others would mostly find it again. */
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
    replacesCertificates: true,
    farewell: 'an answer',
    flooded: 'answered',
    sleeper: 128,
    pauser: 128,
    pipeline: 4,
    share: 1,
  },
  // Its node:http cannot stop listening without closing idle connections.
  bun: {
    name: 'bun',
    ways: [{ ...POOLED, share: 0.3 }, STREAMS],
    timeouts: ['1s'],
    patience: ['1s'],
    workers: [2],
    replacesCertificates: false,
    farewell: 'nothing',
    flooded: 'answered',
    // Mostly 70 to 150, and 80 to 130; more if its garbage collector has not run yet.
    sleeper: 320,
    pauser: 256,
    pipeline: 4,
    share: 0.3,
  },
  // Its node:cluster cannot share a port, and its parser is unusable once a request has timed out. It stops accepting
  // when it has no descriptor left; listening again resets waiting connections.
  deno: {
    name: 'deno',
    ways: [{ ...POOLED, share: 0.3 }, STREAMS],
    timeouts: ['1s'],
    patience: [],
    workers: [],
    replacesCertificates: true,
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

/** The runtime on which these tests run the server. RANGEKIT_RUNTIME names it. Default: Node. */
export const runtime: Offer = offerOf(process.env['RANGEKIT_RUNTIME'] ?? 'node')

function offerOf(name: string): Offer {
  if (!isName(name)) throw new Error(`RANGEKIT_RUNTIME is none of ${Object.keys(OFFERS).join(', ')}: ${name}`)
  return OFFERS[name]
}
