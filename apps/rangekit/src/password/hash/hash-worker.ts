/** The thread that compares passwords with hashes, one after the other. */
import { parentPort } from 'node:worker_threads'
import { compareWithCost } from './compare.ts'
import type { Compared, Comparison } from './hash-messages.ts'

parentPort?.on('message', ({ id, password, hash, cost }: Comparison) => {
  parentPort?.postMessage({ id, isSame: compareWithCost(password, hash, cost) } satisfies Compared)
})
