import cluster, { type Worker } from 'node:cluster'
import { isRelayed, tellOthers, tellPrimary } from '../command/relay.ts'
import type { Peers, TransferHub } from './hub.ts'
import type { TransfersMessage } from './protocol.ts'

/**
 * Requests for one file may come to any of the worker processes, and the event stream to another. Each says which keys
 * it watches, and those that serve them report to all others; the primary process passes the messages on.
 */
type AboutTransfers =
  | { readonly rangekit: 'watch'; readonly keys: readonly string[] }
  | { readonly rangekit: 'transfers'; readonly message: TransfersMessage }
  | { readonly rangekit: 'gone'; readonly prefix: string }

const TOPICS: readonly string[] = ['watch', 'transfers', 'gone'] satisfies AboutTransfers['rangekit'][]

function isAboutTransfers(message: unknown): message is AboutTransfers {
  return isRelayed(message) && TOPICS.includes(message.rangekit)
}

/** Begins the ids of transfers of a process. */
function prefixOf(pid: number | undefined): string {
  return `w${pid}-`
}

/** The prefix of this process for its hub. The random part distinguishes it from an earlier process with the same number. */
export function processPrefix(): string {
  const random = crypto.randomUUID().slice(0, 8)
  return cluster.isWorker ? `${prefixOf(process.pid)}${random}` : random
}

/** In the primary process: passes the messages of a worker on to all others, and says when it has ended. */
export function relayFrom(worker: Worker): void {
  const passOn = (message: AboutTransfers) => tellOthers(worker, message)
  worker.on('message', (message: unknown) => {
    if (isAboutTransfers(message)) passOn(message)
  })
  worker.once('exit', () => passOn({ rangekit: 'gone', prefix: prefixOf(worker.process.pid) }))
}

/** In a worker process: connects its hub with those of the others. Does nothing in other processes. */
export function connectWorkers(hub: TransferHub): void {
  if (!cluster.isWorker) return
  const send = (message: AboutTransfers) => void tellPrimary(message)
  const peers: Peers = hub.join({
    watch: (keys) => keys.length > 0 && send({ rangekit: 'watch', keys }),
    transfers: (message) => send({ rangekit: 'transfers', message }),
  })
  process.on('message', (message: unknown) => {
    if (!isAboutTransfers(message)) return
    if (message.rangekit === 'watch') peers.watch(message.keys)
    else if (message.rangekit === 'transfers') peers.transfers(message.message)
    else peers.gone(message.prefix)
  })
}
