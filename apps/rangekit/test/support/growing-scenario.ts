import { versionOf } from './version-bytes.ts'
import type { Step } from './versions-writer.ts'

/** Bytes that the writer announces, if it does. */
export const DECLARED = 200_003
/** Milliseconds for which the server waits for a next byte. */
export const GROW_TIMEOUT = 500

/** What becomes of a file that is being written, and what may be read of it meanwhile. */
export interface Scenario {
  readonly steps: readonly Step[]
  /** Milliseconds after its first byte when the writer is killed, and what another one does after that. */
  readonly killed?: { readonly after: number; readonly resumed: readonly Step[] }
  /** What the file may be, in one version or another: as much of it as is ever written. */
  readonly contents: readonly Uint8Array[]
}

/** A number from 0 to 1. */
export type Random = () => number

/** Numbers that are the same for the same seed. */
export function randomOf(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** An integer from `low` to `high`. */
export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}

const LONGER = 5000
const FIRST = versionOf(1, DECLARED + LONGER)
const SECOND = versionOf(2, DECLARED)

type Make = (random: Random) => Scenario

/** Writers by what they do. */
export const SCENARIOS: Readonly<Record<string, Make>> = {
  finishes: (random) => ({ steps: [grow(random), rename()], contents: [whole()] }),
  'is slow, but in time': (random) => ({
    steps: [
      ...[1, 2, 3].flatMap((third) => [
        grow(random, Math.floor((DECLARED * third) / 3)),
        pause(between(random, 100, GROW_TIMEOUT - 200)),
      ]),
      rename(),
    ],
    contents: [whole()],
  }),
  'stalls, and goes on': (random) => ({
    steps: [grow(random, somewhere(random)), pause(GROW_TIMEOUT + 300), grow(random), rename()],
    contents: [whole()],
  }),
  'is killed': (random) => ({
    steps: [grow(random), rename()],
    killed: { after: between(random, 1, 100), resumed: random() < 0.5 ? [] : [grow(random), rename()] },
    contents: [whole()],
  }),
  'cuts the file, and writes another one': (random) => {
    const to = random() < 0.5 ? 0 : somewhere(random)
    const from = between(random, to, DECLARED)
    return {
      steps: [grow(random, from), { kind: 'truncate', to }, grow(random, DECLARED, 2), rename()],
      contents: [whole(), Buffer.concat([FIRST.subarray(0, to), SECOND.subarray(to)])],
    }
  },
  'begins a new file in its place': (random) => ({
    steps: [grow(random, somewhere(random)), { kind: 'replace' }, grow(random, DECLARED, 2), rename()],
    contents: [whole(), SECOND],
  }),
  'removes the file, and begins anew': (random) => ({
    steps: [
      grow(random, somewhere(random)),
      { kind: 'remove' },
      pause(between(random, 0, 50)),
      grow(random, DECLARED, 2),
      rename(),
    ],
    contents: [whole(), SECOND],
  }),
  'ends early': (random) => {
    const to = somewhere(random)
    return { steps: [grow(random, to), rename()], contents: [FIRST.subarray(0, to)] }
  },
  'ends late': (random) => ({ steps: [grow(random, DECLARED + LONGER), rename()], contents: [FIRST] }),
  'gives the file a name of its own': (random) => ({
    steps: [grow(random), rename('.other')],
    contents: [whole()],
  }),
}

const whole = () => FIRST.subarray(0, DECLARED)
const pause = (ms: number): Step => ({ kind: 'pause', ms })
const rename = (to = ''): Step => ({ kind: 'rename', to })
const somewhere = (random: Random) => between(random, 1000, DECLARED - 1000)

function grow(random: Random, to = DECLARED, version = 1): Step {
  return { kind: 'grow', version, to, piece: between(random, 1000, 8000) }
}
