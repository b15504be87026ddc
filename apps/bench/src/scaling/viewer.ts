import { exponential, type Random } from './random.ts'

export interface Film {
  readonly key: string
  /** In bytes. */
  readonly length: number
  /** Bytes of one second. */
  readonly rate: number
  /** Whether the index is at the end, so that players read there first. */
  readonly isIndexLast: boolean
}

/** A part of a film that a player reads. It asks for everything from `first` on, and leaves at `end`. */
export interface Request {
  readonly film: Film
  readonly first: number
  /** What it reads, in order of time. The last step ends where it closes the connection. */
  readonly steps: readonly Step[]
}

/** From `at` on, in seconds, a player has read up to `end`. */
export interface Step {
  readonly at: number
  readonly end: number
}

/** How a browser reads a film, in seconds of the film and in bytes. */
interface Browser {
  /** The share of all viewers. */
  readonly share: number
  /** How many seconds it reads ahead of the picture. */
  readonly ahead: number
  /** The least and the most that it reads ahead. */
  readonly bytes: readonly [least: number, most: number]
  /**
   * With how many seconds left it reads on. It then asks again; one that is missing keeps its connection, and reads on all
   * the time.
   */
  readonly resumesAt?: number
}

const MIB = 1024 ** 2

/** As the sources of both browsers have it; the range map shows the same. */
const BROWSERS: readonly Browser[] = [
  // Chromium: media/blink/multibuffer_data_source.cc.
  { share: 0.75, ahead: 10, bytes: [2 * MIB, 50 * MIB] },
  // Firefox: media.cache_readahead_limit and media.cache_resume_threshold.
  { share: 0.25, ahead: 60, bytes: [0, 512 * MIB], resumesAt: 30 },
]

/** How people watch; times are means in seconds. */
const HABITS = {
  /** The share of those who only look what it is, and how long they look. */
  glances: 0.35,
  glance: 20,
  /** How long the others watch before they jump or leave. */
  stretch: 600,
  /** The share of stretches that end with leaving; the rest end with a jump. */
  leaves: 0.4,
  /** The share of jumps that go back, and how far. */
  back: 0.3,
  backBy: 30,
} as const

/** How much of the end a player reads to find the index. */
const INDEX = MIB
/** How often a player that plays reads, in seconds. */
const INTERVAL = 10

/** The requests of one viewer of a film, from the start until they leave. `at` is when they come. */
export function watch(film: Film, at: number, random: Random, unit = 1): Request[] {
  const browser = pickBrowser(random)
  const ahead = Math.min(
    Math.max(browser.ahead * film.rate, browser.bytes[0] * unit),
    browser.bytes[1] * unit,
  )
  const requests: Request[] = []
  const index = Math.min(INDEX * unit, film.length)
  if (film.isIndexLast) {
    // The player begins at the start, and finds that the index is not there.
    requests.push({ film, first: 0, steps: [{ at, end: index }] })
    requests.push({ film, first: film.length - index, steps: [{ at, end: film.length }] })
  }
  let now = at
  let position = 0
  const isGlance = random() < HABITS.glances
  for (;;) {
    const stretch = exponential(random, isGlance ? HABITS.glance : HABITS.stretch)
    const seconds = Math.min(stretch, (film.length - position) / film.rate)
    requests.push(...play(film, position, now, seconds, ahead, browser))
    now += seconds
    position += seconds * film.rate
    if (isGlance || position >= film.length - film.rate || random() < HABITS.leaves) return requests
    const isBack = random() < HABITS.back
    position = isBack
      ? Math.max(0, position - exponential(random, HABITS.backBy) * film.rate)
      : position + random() * (film.length - position)
    position = Math.floor(position)
  }
}

function pickBrowser(random: Random): Browser {
  let left = random()
  for (const browser of BROWSERS) {
    if (left < browser.share) return browser
    left -= browser.share
  }
  throw new RangeError('The shares of the browsers add up to less than 1')
}

/** The requests of a player that plays from a position on for some seconds. */
function play(
  film: Film,
  from: number,
  at: number,
  seconds: number,
  ahead: number,
  browser: Browser,
): Request[] {
  const requests: Request[] = []
  const bufferedAt = (time: number) => Math.min(film.length, Math.ceil(from + time * film.rate + ahead))
  if (browser.resumesAt === undefined) {
    const steps: Step[] = []
    for (let time = 0; time < seconds; time += INTERVAL) steps.push({ at: at + time, end: bufferedAt(time) })
    steps.push({ at: at + seconds, end: bufferedAt(seconds) })
    return [{ film, first: Math.floor(from), steps }]
  }
  // Reads all at once, closes the connection, and asks again when less is left.
  const interval = Math.max(1, ahead / film.rate - browser.resumesAt)
  let first = Math.floor(from)
  for (let time = 0; time === 0 || time < seconds; time += interval) {
    const end = bufferedAt(time)
    if (end <= first) break
    requests.push({ film, first, steps: [{ at: at + time, end }] })
    first = end
  }
  return requests
}
