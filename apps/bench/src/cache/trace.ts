import { once } from 'node:events'
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Audience, audience, stepsOf } from '../scaling/audience.ts'
import type { Request } from '../scaling/viewer.ts'
import type { FrontId } from './fronts.ts'
import { startFront } from './start-front.ts'

const KIB = 1024

/** Forty viewers of twelve short films, as many bytes as a second of real films has per second. */
export const SHORT_FILMS = {
  seed: 1,
  films: 12,
  viewers: 40,
  seconds: 3600,
  exponent: 0.8,
  durations: [120, 360],
  rates: [200 * KIB, 400 * KIB],
} as const

export interface Trace {
  readonly requests: number
  /** What the players read. */
  readonly served: number
  /** What the origin sent. */
  readonly fetched: number
  readonly fetches: number
}

/** Lets the players of an audience read through a front, and counts what its origin sends. */
export async function measureTrace(id: FrontId, root: string): Promise<Trace> {
  const watched = audience(SHORT_FILMS)
  const log = join(root, '../sent.log')
  rmSync(log, { force: true })
  for (const { key, length } of watched.films) putFilm(join(root, key), length)
  await using front = await startFront(id, root, { log })
  const served = await play(watched, front.url)
  // What was asked for may still be on its way.
  await sleep(1000)
  const sent = readFileSync(log, 'utf8').split('\n').filter(Boolean).map(Number)
  return {
    requests: watched.requests.length,
    served,
    fetched: sent.reduce((sum, bytes) => sum + bytes, 0),
    fetches: sent.length,
  }
}

function putFilm(path: string, length: number): void {
  writeFileSync(path, '')
  truncateSync(path, length)
}

/** Reads what players read, in the same order, one step at a time. Connections stay open as long as theirs. */
async function play({ requests }: Audience, base: string): Promise<number> {
  const open = new Map<Request, Player>()
  let served = 0
  for (const { request, end, isLast } of stepsOf(requests)) {
    const player = open.get(request) ?? (await Player.open(request, base))
    open.set(request, player)
    served += await player.readTo(end)
    if (!isLast) continue
    open.delete(request)
    player.leave()
  }
  return served
}

class Player {
  readonly #response: IncomingMessage
  #position: number

  constructor(response: IncomingMessage, position: number) {
    this.#response = response
    this.#position = position
  }

  static async open({ film, first }: Request, base: string): Promise<Player> {
    const asking = get(new URL(film.key, base), { agent: false, headers: { Range: `bytes=${first}-` } })
    const [response]: IncomingMessage[] = await once(asking, 'response')
    if (response?.statusCode !== 206) throw new Error(`${film.key}: ${response?.statusCode}`)
    // It leaves before the end.
    response.on('error', () => {})
    return new Player(response, first)
  }

  async readTo(end: number): Promise<number> {
    const from = this.#position
    while (this.#position < end) {
      const bytes: Buffer | null = this.#response.read()
      if (bytes !== null) this.#position += bytes.byteLength
      else await once(this.#response, 'readable')
    }
    return this.#position - from
  }

  leave(): void {
    this.#response.destroy()
  }
}
