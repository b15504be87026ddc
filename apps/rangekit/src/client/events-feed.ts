import type { FolderMessage, TransfersMessage } from '../inspect/protocol.ts'

/** What a page wants to hear of. */
export interface Wish {
  readonly keys: readonly string[]
  readonly folders: readonly string[]
  /** The signed link of the page, where the server serves only those. */
  readonly grant?: string | undefined
}

/** What a page hears. */
export type FeedMessage =
  | { readonly kind: 'transfers'; readonly message: TransfersMessage }
  | { readonly kind: 'folder'; readonly message: FolderMessage }
  /** Whether the stream is open. */
  | { readonly kind: 'state'; readonly isOpen: boolean }

/** How long to wait for further wishes before the stream is opened again, in milliseconds. */
const SETTLE = 50
/** How long to wait after the server has refused a stream, in milliseconds; doubled each time. */
const RETRY_MIN = 2000
const RETRY_MAX = 60_000

/**
 * One event stream for all clients: their wishes together. It is opened again when a wish changes, and closed when there
 * is none. What is kept on the server comes again each time, so clients know transfers by their ids.
 */
export class EventFeed<Client> {
  readonly #url: string
  readonly #deliver: (client: Client, message: FeedMessage) => void
  readonly #wishes = new Map<Client, Wish>()
  #source: EventSource | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #backoff = RETRY_MIN

  /** @param url of the event stream, without a query. */
  constructor(url: string, deliver: (client: Client, message: FeedMessage) => void) {
    this.#url = url
    this.#deliver = deliver
  }

  /** Replaces what a client wants to hear of; an empty wish removes it. */
  wish(client: Client, wish: Wish): void {
    if (wish.keys.length + wish.folders.length > 0) this.#wishes.set(client, wish)
    else if (!this.#wishes.delete(client)) return
    // Closed before the next one is opened, so that there is one at a time.
    this.#close()
    if (this.#wishes.size > 0) this.#openIn(SETTLE)
  }

  #close(): void {
    clearTimeout(this.#timer)
    this.#source?.close()
    this.#source = undefined
  }

  #openIn(wait: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#open(), wait)
  }

  #open(): void {
    const source = new EventSource(`${this.#url}?${queryOf([...this.#wishes.values()])}`)
    this.#source = source
    source.addEventListener('open', () => {
      this.#backoff = RETRY_MIN
      this.#tell({ kind: 'state', isOpen: true })
    })
    source.addEventListener('error', () => {
      this.#tell({ kind: 'state', isOpen: false })
      // A lost connection is tried again by the browser itself, a refusal is not.
      if (source.readyState !== EventSource.CLOSED || source !== this.#source) return
      this.#openIn(this.#backoff)
      this.#backoff = Math.min(2 * this.#backoff, RETRY_MAX)
    })
    source.addEventListener('transfers', ({ data }) => {
      this.#tell({ kind: 'transfers', message: JSON.parse(data) })
    })
    source.addEventListener('folder', ({ data }) => {
      this.#tell({ kind: 'folder', message: JSON.parse(data) })
    })
  }

  #tell(message: FeedMessage): void {
    for (const [client, wish] of this.#wishes) if (concerns(wish, message)) this.#deliver(client, message)
  }
}

function concerns({ keys, folders }: Wish, message: FeedMessage): boolean {
  switch (message.kind) {
    case 'transfers':
      return keys.length > 0
    case 'folder':
      return folders.includes(message.message.path)
    case 'state':
      return true
  }
}

/** Names each key, folder and grant once, in an order that does not depend on the clients'. */
function queryOf(wishes: readonly Wish[]): string {
  const each = (name: string, values: readonly string[]) =>
    [...new Set(values)].sort().map((value) => [name, value])
  return new URLSearchParams([
    ...each(
      'key',
      wishes.flatMap(({ keys }) => keys),
    ),
    ...each(
      'folder',
      wishes.flatMap(({ folders }) => folders),
    ),
    ...each(
      'grant',
      wishes.flatMap(({ grant }) => grant ?? []),
    ),
  ]).toString()
}
