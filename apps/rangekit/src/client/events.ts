/** Events of the server for the scripts of a page: transfers of files, changes of folders. */
import type { FolderMessage, GrowthMessage, TransfersMessage } from '../inspect/protocol.ts'
import { EventFeed, type FeedMessage, type FeedState, type Wish } from './events-feed.ts'

/** Transfers of a key, changes of a folder (`''` for the root), how much of a file is there, or several of them. */
export interface Subject {
  readonly key?: string
  readonly folder?: string
  /** The key of a file that is still being written. */
  readonly growing?: string
}

export interface EventHandlers {
  /**
   * Transfers that began or went on. Some may be of other keys, and some are repeated when the stream is opened again:
   * identify them by their ids.
   */
  readonly transfers?: (message: TransfersMessage) => void
  /** The folder has another version. */
  readonly folder?: (message: FolderMessage) => void
  /** More of the file is there. */
  readonly growth?: (message: GrowthMessage) => void
  readonly state?: (state: FeedState) => void
}

const NOTHING: Wish = { keys: [], folders: [] }

const subscriptions = new Map<EventHandlers, Subject>()
let send: ((wish: Wish) => void) | undefined

/**
 * Calls the handlers with events of a subject while the page is visible, until the returned function is called. All pages
 * of a browser share one event stream, since HTTP/1.1 gives them six connections together.
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
    growing: [...new Set(subjects.flatMap(({ growing }) => growing ?? []))],
    grant: document.documentElement.dataset['grant'],
  }
}

/** Connects to the worker that all pages share; without one, the page has a stream to itself. */
function connect(): (wish: Wish) => void {
  const worker = startWorker()
  if (worker === undefined) return ownFeed()
  const { port } = worker
  const viaWorker = (wish: Wish) => port.postMessage(wish)
  const replace = () => {
    if (send !== viaWorker) return
    send = ownFeed()
    update()
  }
  // It cannot be loaded: in an old browser, or under a policy against workers.
  worker.addEventListener('error', replace)
  // It has died: phones end workers to save memory.
  port.addEventListener('close', replace)
  port.addEventListener('message', ({ data }: MessageEvent<FeedMessage>) => hear(data))
  port.start()
  return viaWorker
}

/** @returns `undefined` where there are no shared workers, or a browser that blocks storage blocks them, too. */
function startWorker(): SharedWorker | undefined {
  try {
    const script = new URL('assets/events-worker.js', document.baseURI)
    return new SharedWorker(script, { type: 'module', name: 'rangekit-events' })
  } catch {
    return undefined
  }
}

function ownFeed(): (wish: Wish) => void {
  const url = new URL('api/events', document.baseURI).href
  const feed = new EventFeed<'page'>(url, (_, message) => hear(message))
  return (wish) => feed.wish('page', wish)
}

function hear(message: FeedMessage): void {
  for (const [handlers, { key, folder, growing }] of [...subscriptions]) {
    if (message.kind === 'state') handlers.state?.(message.state)
    else if (message.kind === 'transfers') key !== undefined && handlers.transfers?.(message.message)
    else if (message.kind === 'growth') message.message.key === growing && handlers.growth?.(message.message)
    else if (message.message.path === folder) handlers.folder?.(message.message)
  }
}
