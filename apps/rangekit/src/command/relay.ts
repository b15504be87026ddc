import cluster, { type Worker } from 'node:cluster'

/**
 * A message between the primary process and its workers. `rangekit` says what it is about: those who are about transfers
 * and those who are about metrics share the channel.
 */
export interface Relayed {
  readonly rangekit: string
}

export function isRelayed(message: unknown): message is Relayed {
  return typeof message === 'object' && message !== null && 'rangekit' in message
}

/** In a worker: resolves when the message is handed over, or nobody is there to take it. */
export function tellPrimary<Message extends Relayed>(message: Message): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || process.send === undefined) resolve()
    else process.send(message, undefined, undefined, () => resolve())
  })
}

/** In the primary process. A worker that has ended gets nothing. */
export function tellWorker<Message extends Relayed>(worker: Worker | undefined, message: Message): void {
  if (worker?.isConnected()) worker.send(message, () => {})
}

/** In the primary process: tells all workers but one. */
export function tellOthers<Message extends Relayed>(worker: Worker, message: Message): void {
  for (const other of Object.values(cluster.workers ?? {})) if (other !== worker) tellWorker(other, message)
}
