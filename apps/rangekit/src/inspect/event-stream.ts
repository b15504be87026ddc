import type { TransferHub } from './hub.ts'

/** Milliseconds between two signs of life. Proxies close what is silent for a minute, and peers forget after 30 s. */
const HEARTBEAT = 15_000
/** Milliseconds after which a browser asks again if the connection is lost. */
const RETRY = 2000
/** Bytes that wait for a slow reader. It gets a new snapshot instead of what it has missed. */
const MAX_QUEUED = 64 * 1024

/** Calls back with the version of a folder whenever that changes. Returns what ends it. */
export type WatchFolder = (path: string, onChange: (version: string) => void) => () => void

/** What a stream tells. */
export interface Subscription {
  readonly keys: ReadonlySet<string>
  readonly folders: ReadonlySet<string>
}

export interface EventStreamOptions {
  readonly hub: TransferHub
  readonly watchFolder: WatchFolder
  /** Ends the stream. */
  readonly stopping: AbortSignal
  /** Called once, when the stream has ended. */
  readonly onEnd: () => void
}

/** The body of an event stream: what is kept of the transfers, then what happens, until the reader leaves. */
export function eventStream(
  { keys, folders }: Subscription,
  { hub, watchFolder, stopping, onEnd }: EventStreamOptions,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  const versions = new Map<string, string>()
  const endings: (() => void)[] = [onEnd]
  let isBehind = false
  const end = () => {
    for (const ending of endings.splice(0)) ending()
  }
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        const write = (text: string) => controller.enqueue(encoder.encode(text))
        const send = (event: string, message: object) => {
          if ((controller.desiredSize ?? 0) <= 0) isBehind = true
          else write(`event: ${event}\ndata: ${JSON.stringify(message)}\n\n`)
        }
        const listening = hub.listen({ keys, transfers: (message) => send('transfers', message) })
        const heartbeat = setInterval(() => {
          listening.renew()
          if ((controller.desiredSize ?? 0) > 0) write(': still here\n\n')
        }, HEARTBEAT)
        heartbeat.unref()
        const stop = () => {
          end()
          controller.close()
        }
        stopping.addEventListener('abort', stop, { once: true })
        endings.push(listening.end)
        endings.push(() => clearInterval(heartbeat))
        endings.push(() => stopping.removeEventListener('abort', stop))
        write(`retry: ${RETRY}\n\n${snapshot()}`)
        for (const path of folders) {
          endings.push(
            watchFolder(path, (version) => {
              versions.set(path, version)
              send('folder', { path, version })
            }),
          )
        }
      },
      pull(controller) {
        if (!isBehind) return
        isBehind = false
        controller.enqueue(encoder.encode(snapshot()))
      },
      cancel: end,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_QUEUED }),
  )

  function snapshot(): string {
    const transfers = hub.snapshot(keys).map((message) => ['transfers', message])
    const changes = [...versions].map(([path, version]) => ['folder', { path, version }])
    return [...transfers, ...changes]
      .map(([event, message]) => `event: ${event}\ndata: ${JSON.stringify(message)}\n\n`)
      .join('')
  }
}
