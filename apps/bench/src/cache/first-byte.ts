import { fork } from 'node:child_process'
import { once } from 'node:events'
import { linkSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@rangekit/test-kit/ports'
import { percentile } from '@rangekit/test-kit/times'
import { FILE_NAME } from '../measure/measure.ts'
import type { Target } from './detour.ts'
import type { FrontId } from './fronts.ts'
import { startFront } from './start-front.ts'

const MIB = 1024 ** 2
const KIB = 1024

/** Milliseconds that each request takes on its way to the origin, as to a store nearby. */
export const DELAY = 20
const REQUESTS = 50
/** Requests before those: what has just started is slower, because V8 compiles what has run often. */
const WARM_UP = 200
/** Milliseconds before each request, so that what the last one has left to fetch does not slow it down. */
const PAUSE = 50

export interface FirstBytes {
  /** Milliseconds until the first byte of the body, of a part of a known film and of a film that is new: medians. */
  readonly part: number
  readonly film: number
}

/** Measures how long a front takes for the first byte of what it does not have yet, at an origin that is 20 ms away. */
export async function measureFirstBytes(id: FrontId, root: string): Promise<FirstBytes> {
  const far = await openDetour()
  const agent = new Agent({ keepAlive: true })
  try {
    const via = (origin: URL) => far.to(origin)
    await using front = await startFront(id, root, { via })
    // What has no cache is read over the same detour.
    const base = id === 'direct' ? await far.to(front.origin) : new URL(front.url)
    const part = (index: number) => firstByte(agent, new URL(FILE_NAME, base), index * MIB)
    const film = (index: number) => {
      const name = `new-${id}-${index}.bin`
      linkSync(join(root, FILE_NAME), join(root, name))
      return firstByte(agent, new URL(name, base), 0)
    }
    for (let index = 0; index < WARM_UP; index++) await film(REQUESTS + index)
    await part(REQUESTS)
    const parts = await inTurn((index) => part((7 * index) % REQUESTS))
    const films = await inTurn(film)
    return { part: percentile(parts, 0.5), film: percentile(films, 0.5) }
  } finally {
    agent.destroy()
    far.close()
  }
}

async function inTurn(measure: (index: number) => Promise<number>): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < REQUESTS; index++) {
    await sleep(PAUSE)
    times.push(await measure(index))
  }
  return times
}

/** Requests 64 KiB, and returns the milliseconds until the first of them. */
function firstByte(agent: Agent, url: URL, firstPos: number): Promise<number> {
  const headers = { Range: `bytes=${firstPos}-${firstPos + 64 * KIB - 1}` }
  return new Promise((resolve, reject) => {
    const started = performance.now()
    let time: number | undefined
    get(url, { agent, headers }, (response) => {
      if (response.statusCode !== 206) reject(new Error(`${url.href}: ${response.statusCode}`))
      response.on('data', () => {
        time ??= performance.now() - started
      })
      response.on('end', () => (time === undefined ? reject(new Error('No body')) : resolve(time)))
    }).on('error', reject)
  })
}

/** A way to an origin on which requests take longer. */
async function openDetour() {
  const port = await freePort()
  const way = fork(join(import.meta.dirname, 'detour.ts'), [String(port), String(DELAY)])
  await once(way, 'message')
  return {
    async to(origin: URL): Promise<URL> {
      way.send({ host: origin.hostname, port: Number(origin.port) } satisfies Target)
      await once(way, 'message')
      return Object.assign(new URL(origin), { port: String(port) })
    },
    close: () => void way.kill(),
  }
}
