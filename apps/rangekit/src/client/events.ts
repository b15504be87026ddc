/** What happens on the server, for the scripts of a page: transfers of files, changes of folders. */
import type { FolderMessage, TransfersMessage } from '../inspect/protocol.ts'
import { EventFeed, type FeedMessage, type Wish } from './events-feed.ts'

/** What to hear of: transfers of a key, changes of a folder (`''` for the root), or both. */
export interface Subject {
  readonly key?: string
  readonly folder?: string
}

export interface EventHandlers {
  /**
   * Transfers that have begun, or went on. Those of other keys may be among them, and what is known already comes again
   * when the stream is opened again: transfers are known by their ids.
   */
  readonly transfers?: (message: TransfersMessage) => void
  /** The folder has another version. */
  readonly folder?: (message: FolderMessage) => void
  /** Whether the stream is open; it is not while the server is away. */
  readonly state?: (isOpen: boolean) => void
}

const NOTHING: Wish = { keys: [], folders: [] }

const subscriptions = new Map<EventHandlers, Subject>()
let send: ((wish: Wish) => void) | undefined

/**
 * Hears of a subject until the function that this returns is called, while the page is visible. All pages of a browser
 * share one event stream, since HTTP/1.1 gives them six connections together.
 */
export function subscribe(subject: Subject, handlers: EventHandlers): () => void {
  subscriptions.set(handlers, subject)
  if (send === undefined) {
    send = connect()
    addEventListener('pagehide', () => send?.(NOTHING))
    addEventListener('pageshow', ({ persisted }) => persisted && update())
    document.addEventListener('visibilitychange', update)
  }
  update()
  return () => {
    if (subscriptions.delete(handlers)) update()
  }
}

function update(): void {
  send?.(document.visibilityState === 'hidden' ? NOTHING : wishOf([...subscriptions.values()]))
}

function wishOf(subjects: readonly Subject[]): Wish {
  return {
    keys: [...new Set(subjects.flatMap(({ key }) => key ?? []))],
    folders: [...new Set(subjects.flatMap(({ folder }) => folder ?? []))],
    grant: document.documentElement.dataset['grant'],
  }
}

/** Connects to the worker that all pages share; without one, the page has a stream to itself. */
function connect(): (wish: Wish) => void {
  if (typeof SharedWorker !== 'function') return ownFeed()
  const { port } = startWorker(() => {
    send = ownFeed()
    update()
  })
  port.addEventListener('message', ({ data }: MessageEvent<FeedMessage>) => hear(data))
  port.start()
  return (wish) => port.postMessage(wish)
}

/** @param onError called if it cannot be loaded: in an old browser, or under a policy against workers. */
function startWorker(onError: () => void): SharedWorker {
  const script = new URL('assets/events-worker.js', document.baseURI)
  const worker = new SharedWorker(script, { type: 'module', name: 'rangekit-events' })
  worker.addEventListener('error', onError, { once: true })
  return worker
}

function ownFeed(): (wish: Wish) => void {
  const url = new URL('api/events', document.baseURI).href
  const feed = new EventFeed<'page'>(url, (_, message) => hear(message))
  return (wish) => feed.wish('page', wish)
}

function hear(message: FeedMessage): void {
  for (const [handlers, { key, folder }] of subscriptions) {
    if (message.kind === 'state') handlers.state?.(message.isOpen)
    else if (message.kind === 'transfers') key !== undefined && handlers.transfers?.(message.message)
    else if (message.message.path === folder) handlers.folder?.(message.message)
  }
}
