import type { GrowthFeed } from './growth-feed.ts'
import type { TransferHub } from './hub.ts'
import type { GrowthMessage } from './protocol.ts'

/** Milliseconds between two signs of life. Proxies close what is silent for a minute, and peers forget after 30 s. */
const HEARTBEAT = 15_000
/** Milliseconds after which a browser asks again if the connection is lost. */
const RETRY = 2000
/** Bytes that wait for a slow reader. It gets the state anew instead of what it has missed. */
const MAX_QUEUED = 64 * 1024

/** Timers hold 31 bits of milliseconds. A stream that ends after 24 days is opened again by the browser. */
const LONGEST_TIMER = 2 ** 31 - 1

/** Calls back with the version of a folder whenever that changes. Returns what ends it. */
export type WatchFolder = (path: string, onChange: (version: string) => void) => () => void

/** What a stream is about. */
export interface Subscription {
  readonly keys: ReadonlySet<string>
  readonly folders: ReadonlySet<string>
  /** Keys of files that are still being written. */
  readonly growing: ReadonlySet<string>
}

export interface EventStreamOptions {
  readonly hub: TransferHub
  readonly watchFolder: WatchFolder
  readonly growth: Pick<GrowthFeed, 'listen'>
  /** Ends the stream. */
  readonly stopping: AbortSignal
  /** When the stream ends at the latest, in milliseconds since 1970; Infinity for never. */
  readonly until: number
  /** Called once, when the stream has ended. */
  readonly onEnd: () => void
}

/**
 * The body of an event stream: what is kept of the transfers, then what happens, until the reader leaves. What is kept
 * is handed out as fast as it is read; whatever happens meanwhile is not queued, and what is kept comes again.
 */
export function eventStream(
  { keys, folders, growing }: Subscription,
  { hub, watchFolder, growth, stopping, until, onEnd }: EventStreamOptions,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  const versions = new Map<string, string>()
  const grown = new Map<string, GrowthMessage>()
  const endings: (() => void)[] = [onEnd]
  /** What is being handed out of the state. */
  let rest: Iterator<string> | undefined
  let hasMissed = true
  const end = () => {
    for (const ending of endings.splice(0)) ending()
  }
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        const write = (text: string) => controller.enqueue(encoder.encode(text))
        const send = (event: string, message: object) => {
          if (!hasMissed && rest === undefined && hasRoom(controller)) write(format(event, message))
          else hasMissed = true
        }
        const listening = hub.listen({ keys, transfers: (message) => send('transfers', message) })
        const heartbeat = setInterval(() => {
          listening.renew()
          if (hasRoom(controller)) write(': still here\n\n')
        }, HEARTBEAT)
        heartbeat.unref()
        const stop = () => {
          end()
          controller.close()
        }
        stopping.addEventListener('abort', stop, { once: true })
        if (until < Number.POSITIVE_INFINITY) {
          const expiry = setTimeout(stop, Math.min(until - Date.now(), LONGEST_TIMER)).unref()
          endings.push(() => clearTimeout(expiry))
        }
        endings.push(listening.end)
        endings.push(() => clearInterval(heartbeat))
        endings.push(() => stopping.removeEventListener('abort', stop))
        write(`retry: ${RETRY}\n\n`)
        for (const path of folders) {
          endings.push(
            watchFolder(path, (version) => {
              versions.set(path, version)
              send('folder', { path, version })
            }),
          )
        }
        for (const key of growing) {
          endings.push(
            growth.listen(key, (message) => {
              grown.set(key, message)
              send('growth', message)
            }),
          )
        }
      },
      pull(controller) {
        while (hasRoom(controller)) {
          if (rest === undefined) {
            if (!hasMissed) return
            hasMissed = false
            rest = state()
          }
          const { done, value } = rest.next()
          if (done) rest = undefined
          else controller.enqueue(encoder.encode(value))
        }
      },
      cancel: end,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_QUEUED }),
  )

  function* state(): Generator<string, undefined> {
    for (const message of hub.snapshot(keys)) yield format('transfers', message)
    for (const [path, version] of versions) yield format('folder', { path, version })
    for (const message of grown.values()) yield format('growth', message)
  }
}

function hasRoom({ desiredSize }: ReadableStreamDefaultController): boolean {
  return (desiredSize ?? 0) > 0
}

function format(event: string, message: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(message)}\n\n`
}
