/** The library page: search, order, view, and a window on all entries of the folder. */
import type { LibraryEntry } from '../library/protocol.ts'
import { subscribe } from './events.ts'
import { formatTotal } from './format.ts'
import { createCard, fillCard, showProgress } from './library-card.ts'
import { listenForKeys } from './library-keys.ts'
import { FolderLoader } from './library-loader.ts'
import { unwatchMedia, watchMedia } from './library-media.ts'
import { showNotice } from './library-notice.ts'
import { type Listing, LoadError, listingOf } from './library-pages.ts'
import { listenToTools, readAddress } from './library-tools.ts'
import { CardWindow } from './library-window.ts'

/** Milliseconds between two looks at a list with growing files, without an event: they may be in a sub-folder. */
const GROWING_PAUSE = 5000

const list = element('#cards')
const path = document.documentElement.dataset['path'] ?? ''
/** What is shown on each card. */
const filled = new WeakMap<HTMLElement, string>()
let growing: ReturnType<typeof setTimeout> | undefined
/** The index and the key of the card that had the focus last. */
let active: { readonly index: number; readonly key: string | undefined } | undefined

const loader = new FolderLoader(
  { path, ...readAddress() },
  {
    onListing: show,
    onFault(error) {
      if (error instanceof LoadError && error.status === 404) cards.update(0)
      showNotice({ kind: 'fault', error })
    },
    onBusy(isBusy) {
      list.ariaBusy = String(isBusy)
    },
  },
)
const entryAt = (index: number) => loader.listing?.entries[index]

const cards = new CardWindow({
  list,
  keyAt: (index) => entryAt(index)?.key,
  create: createCard,
  fill(card, index) {
    const entry = entryAt(index)
    const content = entry === undefined ? '' : contentOf(entry)
    if (filled.get(card) === content) return
    filled.set(card, content)
    fillCard(card, entry, loader.query.sort)
    if (entry === undefined) unwatchMedia(card)
    else watchMedia(card, entry)
  },
  release: unwatchMedia,
  onRange: (_, last) => loader.want(last),
})

/** Shows what is known of the folder. What the reader looks at stays where it is. */
function show(listing: Listing): void {
  const { total, isPartial, entries } = listing
  const isSearch = loader.query.q !== ''
  const text = formatTotal(total, isSearch, isPartial)
  const label = element('#total')
  // Only changes are read out.
  if (label.textContent !== text) label.textContent = text
  const anchor = scrollY > 0 ? cards.firstInView() : undefined
  cards.update(total)
  if (anchor !== undefined) {
    const moved = entries.findIndex(({ key }) => key === anchor.key)
    if (moved >= 0 && moved !== anchor.index) cards.shift(anchor.index, moved)
  }
  showNotice(total > 0 ? undefined : { kind: isSearch ? 'no-match' : 'empty' })
  lookAgain(listing)
}

/** Where something grows, there is more of it soon. */
function lookAgain({ entries }: Listing): void {
  clearTimeout(growing)
  if (!entries.some((entry) => entry.growing !== undefined)) return
  growing = setTimeout(() => {
    // A page that is shown again hears of it.
    if (document.visibilityState === 'visible') void loader.refresh()
  }, GROWING_PAUSE)
}

/** What a card shows. Facts of media are shown when they are found. */
function contentOf({ kind, name, title, page, size, modified, growing }: LibraryEntry): string {
  return JSON.stringify([kind, name, title, page, size, modified, growing, loader.query.sort])
}

listenToTools({
  async onQuery(tools) {
    active = undefined
    scrollTo({ top: 0, behavior: 'instant' })
    await loader.ask({ path, ...tools })
  },
  onView(view) {
    list.className = view
    cards.update(loader.listing?.total ?? 0)
  },
})

listenForKeys({
  cards,
  search: element<HTMLInputElement>('#q'),
  total: () => loader.listing?.total ?? 0,
  active() {
    if (active === undefined) return -1
    const { index, key } = active
    if (key === undefined || entryAt(index)?.key === key) return index
    return loader.listing?.entries.findIndex((entry) => entry.key === key) ?? -1
  },
})
list.addEventListener('focusin', ({ target }) => {
  const index = target instanceof Element ? cards.indexOf(target) : undefined
  if (index !== undefined) active = { index, key: entryAt(index)?.key }
})
element('#retry').addEventListener('click', () => {
  // The button disappears, and would take the focus with it.
  list.focus({ preventScroll: true })
  loader.retry()
})

/** The player may have gone on in another tab. */
function showAllProgress(): void {
  for (const card of list.querySelectorAll<HTMLElement>('[data-key]')) {
    showProgress(card, card.dataset['key'] ?? '')
  }
}
addEventListener('pageshow', showAllProgress)
addEventListener('storage', showAllProgress)

// A version that is shown already needs no loading.
subscribe(
  { folder: path },
  { folder: ({ version }) => version !== loader.listing?.version && void loader.refresh() },
)

const data = document.querySelector('#page')?.textContent
document.querySelector('#more')?.remove()
loader.start(data ? listingOf(JSON.parse(data)) : undefined)

function element<T extends HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector)
  if (found === null) throw new Error(`The page has no ${selector}`)
  return found
}
