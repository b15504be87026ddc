import { seededRandom } from '@rangekit/conformance/origin'
import { type Random, zipf } from './random.ts'
import { type Film, type Request, watch } from './viewer.ts'

export interface AudienceOptions {
  readonly seed: number
  readonly films: number
  readonly viewers: number
  /** Over how many seconds they come. */
  readonly seconds: number
  /** How unequal the films are: the nth is watched in proportion to 1 / n ** exponent. Studies find 0.6 to 1. */
  readonly exponent: number
  /** Seconds that a film lasts: the shortest and the longest. */
  readonly durations: readonly [shortest: number, longest: number]
  /** Bytes of a second of film: the least and the most. */
  readonly rates: readonly [least: number, most: number]
  /**
   * How many bytes stand for a byte of a browser's limits. Less than 1 makes all of it smaller in proportion, so that
   * years of watching fit into memory. Default: 1.
   */
  readonly unit?: number | undefined
}

export interface Audience {
  readonly films: readonly Film[]
  /** By the time of their first step. */
  readonly requests: readonly Request[]
}

/** The share of films that were written without a second thought, with their index at the end. */
const INDEX_LAST = 0.2

/** What an audience requests of a library. The same options give the same requests. */
export function audience({ unit = 1, ...options }: AudienceOptions): Audience {
  const random = seededRandom(options.seed)
  const films = Array.from({ length: options.films }, (_, index) => film(index, options, random))
  const pick = zipf(films.length, options.exponent)
  const requests: Request[] = []
  for (let viewer = 0; viewer < options.viewers; viewer++) {
    const chosen = films[pick(random)]
    if (chosen !== undefined) requests.push(...watch(chosen, random() * options.seconds, random, unit))
  }
  return { films, requests: requests.toSorted((a, b) => startOf(a) - startOf(b)) }
}

function film(index: number, { durations, rates }: AudienceOptions, random: Random): Film {
  const rate = Math.round(between(rates, random))
  return {
    key: `film-${index}.mp4`,
    rate,
    length: Math.round(rate * between(durations, random)),
    isIndexLast: random() < INDEX_LAST,
  }
}

function between([least, most]: readonly [number, number], random: Random): number {
  return least + random() * (most - least)
}

function startOf({ steps }: Request): number {
  return steps[0]?.at ?? 0
}

/** The steps of all requests by time, those of one request in their order. */
export function stepsOf(requests: readonly Request[]) {
  return requests
    .flatMap((request) =>
      request.steps.map(({ at, end }, index) => {
        return { at, request, end, isLast: index === request.steps.length - 1 }
      }),
    )
    .toSorted((a, b) => a.at - b.at)
}
