import type { FolderMessage, GrowthMessage, TransfersMessage } from '../inspect/protocol.ts'

/** What a page asks for. */
export interface Wish {
  readonly keys: readonly string[]
  readonly folders: readonly string[]
  /** Keys of files that are still being written. */
  readonly growing?: readonly string[]
  /** The signed link of the page, where the server serves only those. */
  readonly grant?: string | undefined
}

/** `refused`: the server serves no events to these links, or no longer. There is no further attempt. */
export type FeedState = 'open' | 'lost' | 'refused'

/** What a page is sent. */
export type FeedMessage =
  | { readonly kind: 'transfers'; readonly message: TransfersMessage }
  | { readonly kind: 'folder'; readonly message: FolderMessage }
  | { readonly kind: 'growth'; readonly message: GrowthMessage }
  | { readonly kind: 'state'; readonly state: FeedState }

/**
 * How long to wait for further wishes before the stream is opened, in milliseconds. By then the server has noticed that
 * the one before was closed, too. Nothing is missed meanwhile: a stream begins with what the server keeps.
 */
const SETTLE = 200
/** How long to wait after the browser has given up, in milliseconds; doubled each time. */
const RETRY_MIN = 2000
const RETRY_MAX = 60_000
const REFUSALS: ReadonlySet<number> = new Set([401, 403])

/**
 * One event stream for the wishes of all clients together. It is opened again when a wish changes, and closed when there
 * is none. Each stream begins with what the server still keeps, so clients identify transfers by their ids.
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

  /** Replaces the wish of a client; an empty one removes it. */
  wish(client: Client, wish: Wish): void {
    const { keys, folders, growing = [] } = wish
    if (keys.length + folders.length + growing.length > 0) this.#wishes.set(client, wish)
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
      this.#tell({ kind: 'state', state: 'open' })
    })
    source.addEventListener('error', () => {
      // The browser reconnects by itself, except after a response that is no event stream.
      if (source.readyState === EventSource.CLOSED) void this.#retry(source)
      else this.#tell({ kind: 'state', state: 'lost' })
    })
    source.addEventListener('transfers', ({ data }) => {
      this.#tell({ kind: 'transfers', message: JSON.parse(data) })
    })
    source.addEventListener('folder', ({ data }) => {
      this.#tell({ kind: 'folder', message: JSON.parse(data) })
    })
    source.addEventListener('growth', ({ data }) => {
      this.#tell({ kind: 'growth', message: JSON.parse(data) })
    })
  }

  /** An expired link stays expired; a server that starts or is busy gets better. An EventSource hides which it is. */
  async #retry(source: EventSource): Promise<void> {
    const response = await fetch(source.url, { method: 'HEAD', cache: 'no-store' }).catch(() => undefined)
    if (source !== this.#source) return
    const isRefused = response !== undefined && REFUSALS.has(response.status)
    this.#tell({ kind: 'state', state: isRefused ? 'refused' : 'lost' })
    if (isRefused) return
    this.#openIn(this.#backoff)
    this.#backoff = Math.min(2 * this.#backoff, RETRY_MAX)
  }

  #tell(message: FeedMessage): void {
    for (const [client, wish] of this.#wishes) if (concerns(wish, message)) this.#deliver(client, message)
  }
}

function concerns({ keys, folders, growing }: Wish, message: FeedMessage): boolean {
  switch (message.kind) {
    case 'transfers':
      return keys.length > 0
    case 'folder':
      return folders.includes(message.message.path)
    case 'growth':
      return growing?.includes(message.message.key) === true
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
      'growing',
      wishes.flatMap(({ growing = [] }) => growing),
    ),
    ...each(
      'grant',
      wishes.flatMap(({ grant }) => grant ?? []),
    ),
  ]).toString()
}
