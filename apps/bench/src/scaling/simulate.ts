import { cachedSource } from '@rangekit/block-cache'
import { seededRandom } from '@rangekit/conformance/origin'
import type { RangeSource, Representation } from '@rangekit/range-core'
import { type Audience, stepsOf } from './audience.ts'
import { type Balancer, byKey, randomly } from './balancer.ts'
import type { Request } from './viewer.ts'
import { virtualFilms } from './virtual-films.ts'

export const balances = ['by-key', 'random'] as const

export interface Cluster {
  readonly nodes: number
  readonly balance: (typeof balances)[number]
  /** Bytes of cache in all nodes together. */
  readonly cache: number
  /** Bytes in a block. */
  readonly blockSize: number
}

export interface Outcome {
  /** What clients read. */
  readonly served: number
  readonly requests: number
  /** What was read from the origin. */
  readonly fetched: number
  readonly fetches: number
}

/** A request that is being answered. */
interface Transfer {
  readonly representation: Representation
  position: number
}

/** Lets an audience watch through nodes that each have a cache, the one that is published, and counts what they fetch. */
export async function simulate({ films, requests }: Audience, cluster: Cluster): Promise<Outcome> {
  const origin = virtualFilms(films)
  const options = { blockSize: cluster.blockSize, memory: Math.floor(cluster.cache / cluster.nodes) }
  const nodes = Array.from({ length: cluster.nodes }, () => cachedSource(origin.source, options))
  const pick = balancerOf(cluster)
  const transfers = new Map<Request, Transfer>()
  const target = new Uint8Array(cluster.blockSize)
  let served = 0
  for (const { request, end, isLast } of stepsOf(requests)) {
    const transfer = transfers.get(request) ?? (await begin(request, nodes[pick(request.film.key)]))
    transfers.set(request, transfer)
    served += Math.max(0, end - transfer.position)
    while (transfer.position < end) {
      const room = target.subarray(0, Math.min(target.byteLength, end - transfer.position))
      const count = transfer.representation.readInto?.(room, transfer.position)
      // What is in memory comes at once; not to wait for it is three times as fast.
      transfer.position += (typeof count === 'number' ? count : await count) || Number.NaN
    }
    if (!isLast) continue
    transfers.delete(request)
    await transfer.representation.close()
  }
  return { served, requests: requests.length, fetched: origin.counts.bytes, fetches: origin.counts.requests }
}

async function begin({ film, first }: Request, node: RangeSource | undefined): Promise<Transfer> {
  const representation = await node?.open(film.key)
  if (representation === undefined) throw new RangeError(`No film ${film.key}`)
  return { representation, position: first }
}

function balancerOf({ nodes, balance }: Cluster): Balancer {
  return balance === 'random' ? randomly(nodes, seededRandom(nodes)) : byKey(nodes)
}
