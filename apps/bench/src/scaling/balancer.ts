import type { Random } from './random.ts'

/** Picks the node, from 0 on, that a request for a key goes to. */
export type Balancer = (key: string) => number

/** Any node, each as often. */
export function randomly(nodes: number, random: Random): Balancer {
  return () => Math.floor(random() * nodes)
}

/**
 * The same node for the same key: the one whose hash with the key is highest. When a node is added or removed, only the
 * keys move that come to it or were on it, as with the rings of nginx and HAProxy.
 */
export function byKey(nodes: number): Balancer {
  return (key) => {
    let best = 0
    let highest = -1
    for (let node = 0; node < nodes; node++) {
      const hash = hashOf(`${key} ${node}`)
      if (hash > highest) [best, highest] = [node, hash]
    }
    return best
  }
}

/** FNV-1a with the finish of MurmurHash3, since FNV alone hardly mixes the last characters. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
