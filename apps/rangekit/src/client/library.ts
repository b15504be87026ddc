/** The library page: search, order, view, and a window on all entries of the folder. */
import type { LibraryEntry } from '../library/protocol.ts'
import { subscribe } from './events.ts'
import { formatTotal } from './format.ts'
import { createCard, fillCard, showProgress } from './library-card.ts'
import { listenForKeys } from './library-keys.ts'
import { unwatchMedia, watchMedia } from './library-media.ts'
import { showNotice } from './library-notice.ts'
import { type Listing, LoadError, listingOf, loadAll, loadMore, type Query } from './library-pages.ts'
import { listenToTools, readAddress } from './library-tools.ts'
import { CardWindow } from './library-window.ts'

/** Milliseconds between two times that the folder is loaded again. */
const MIN_PAUSE = 300

const list = element('#cards')
const total = element('#total')
const path = document.documentElement.dataset['path'] ?? ''
const filled = new WeakMap<HTMLElement, string>()

let query: Query = { path, ...readAddress() }
let listing: Listing | undefined
let loading: AbortController | undefined
/** Index after the last card in the document. */
let wanted = 0
let isRefreshing = false
/** Whether the folder has changed while it was loaded again. */
let isStale = false
/** Whether the last attempt failed: the reader says when to try again. */
let hasFailed = false
/** The key of the card that had the focus last. */
let activeKey: string | undefined

const cards = new CardWindow({
  list,
  keyAt: (index) => listing?.entries[index]?.key ?? `\n${index}`,
  create: createCard,
  fill(card, index) {
    const entry = listing?.entries[index]
    const content = entry === undefined ? '' : contentOf(entry)
    if (filled.get(card) === content) return
    filled.set(card, content)
    fillCard(card, entry)
    if (entry === undefined) unwatchMedia(card)
    else watchMedia(card, entry)
  },
  release: unwatchMedia,
  onRange(_, last) {
    wanted = last
    if (loading === undefined && !hasFailed) void load()
  },
})

/** Loads what is in view and not known yet. */
async function load(): Promise<void> {
  while (listing === undefined || (listing.next !== undefined && wanted > listing.entries.length)) {
    const before = listing
    if (!(await attempt((signal) => loadMore(query, before, wanted, signal)))) return
  }
}

/** Loads the folder again, as far as it is in view, and changes what has changed. */
async function refresh(): Promise<void> {
  const index = cards.firstInView()
  const key = listing?.entries[index]?.key
  const count = Math.max(wanted, 1)
  if (!(await attempt((signal) => loadAll(query, count, signal)))) return
  const moved = listing?.entries.findIndex((entry) => entry.key === key) ?? -1
  if (scrollY > 0 && moved >= 0) cards.shift(index, moved)
}

/** Loads the folder again; once more, if it changes in the meantime. */
async function refreshSoon(): Promise<void> {
  if (isRefreshing) {
    isStale = true
    return
  }
  isRefreshing = true
  do {
    isStale = false
    const began = performance.now()
    await refresh()
    // A folder with a growing file changes all the time: loading it takes a fifth of the time at most.
    const pause = Math.max(MIN_PAUSE, 4 * (performance.now() - began))
    await new Promise((resolve) => setTimeout(resolve, pause))
  } while (isStale)
  isRefreshing = false
}

/** Takes over what is loaded, unless something else is loaded by then. Whether it did. */
async function attempt(work: (signal: AbortSignal) => Promise<Listing>): Promise<boolean> {
  loading?.abort()
  const controller = new AbortController()
  loading = controller
  list.ariaBusy = 'true'
  try {
    const loaded = await work(controller.signal)
    if (loading !== controller) return false
    hasFailed = false
    show(loaded)
    return true
  } catch (error) {
    if (loading !== controller) return false
    hasFailed = true
    if (error instanceof LoadError && error.status === 404) cards.update(0)
    showNotice({ kind: 'fault', error })
    return false
  } finally {
    if (loading === controller) {
      loading = undefined
      list.ariaBusy = 'false'
    }
  }
}

function show(loaded: Listing): void {
  listing = loaded
  const text = formatTotal(loaded.total, query.q !== '', loaded.isPartial)
  if (total.textContent !== text) total.textContent = text
  showNotice(loaded.total > 0 ? undefined : { kind: query.q === '' ? 'empty' : 'no-match' })
  cards.update(loaded.total)
}

listenToTools({
  onQuery(tools) {
    query = { path, ...tools }
    activeKey = undefined
    wanted = 0
    void attempt((signal) => loadMore(query, undefined, 0, signal)).then((isShown) => {
      if (isShown && scrollY > 0) scrollTo({ top: 0, behavior: 'instant' })
    })
  },
  onView(view) {
    list.className = view
    cards.update(listing?.total ?? 0)
  },
})
listenForKeys({
  cards,
  search: element<HTMLInputElement>('#q'),
  total: () => listing?.total ?? 0,
  active: () => (activeKey === undefined ? -1 : indexOf(activeKey)),
})
list.addEventListener('focusin', ({ target }) => {
  if (target instanceof Element && target !== list) activeKey = cards.keyOf(target)
})
element('#retry').addEventListener('click', () => void (listing === undefined ? load() : refresh()))
addEventListener('pageshow', showAllProgress)
addEventListener('storage', showAllProgress)
// A version that is shown already needs no loading.
subscribe({ folder: path }, { folder: ({ version }) => version !== listing?.version && void refreshSoon() })

const data = document.querySelector('#page')?.textContent
document.querySelector('#more')?.remove()
if (data) show(listingOf(JSON.parse(data)))
else void load()

/** What a card shows. Facts of media are shown when they are found. */
function contentOf({ kind, name, title, page, size, modified }: LibraryEntry): string {
  return JSON.stringify([kind, name, title, page, size, modified])
}

function indexOf(key: string): number {
  return listing?.entries.findIndex((entry) => entry.key === key) ?? -1
}

/** The player may have gone on in another tab. */
function showAllProgress(): void {
  for (const card of list.querySelectorAll<HTMLElement>('[data-key]')) {
    const key = cards.keyOf(card)
    if (key !== undefined) showProgress(card, key)
  }
}

function element<T extends HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector)
  if (found === null) throw new Error(`The page has no ${selector}`)
  return found
}
