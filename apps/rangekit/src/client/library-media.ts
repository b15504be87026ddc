/** Facts and pictures of the files in view. */
import type { LibraryEntry, MediaFacts } from '../library/protocol.ts'
import { showCover, showFacts } from './library-card.ts'
import { Lanes } from './library-lanes.ts'
import { apiLink } from './library-pages.ts'
import { makePoster } from './library-poster.ts'

/** What was found out about one version of a file. */
interface Found {
  readonly facts: MediaFacts
  /** The address of a picture; `undefined` if there is none. */
  readonly picture: string | undefined
}

/** How many files are remembered while the page is open. */
const MAX_FOUND = 2000
/** A picture without a cover is shown itself if it is no larger. */
const MAX_IMAGE = 4_000_000

const found = new Map<string, Found>()
const lanes = new Lanes()
const shown = new WeakMap<Element, LibraryEntry>()
const observer = new IntersectionObserver(
  (changes) => {
    for (const { target, isIntersecting } of changes) {
      if (isIntersecting) start(target)
      else lanes.cancel(target)
    }
  },
  { rootMargin: '120px' },
)

/** Shows facts and a picture of an entry on its card as soon as the card is in view. */
export function watchMedia(card: HTMLElement, entry: LibraryEntry): void {
  lanes.cancel(card)
  showCover(card, undefined)
  if (entry.kind === 'folder' || entry.kind === 'other') return
  // Its index may not be there yet, and a reader would wait for it.
  if (entry.growing !== undefined) {
    unwatchMedia(card)
    return
  }
  shown.set(card, entry)
  const known = found.get(versionOf(entry))
  if (known !== undefined) {
    void show(card, entry, known).catch(() => undefined)
    return
  }
  observer.unobserve(card)
  observer.observe(card)
}

/** Forgets a card that has left the page. */
export function unwatchMedia(card: HTMLElement): void {
  observer.unobserve(card)
  lanes.cancel(card)
  shown.delete(card)
}

function start(card: Element): void {
  const entry = shown.get(card)
  if (!(card instanceof HTMLElement) || entry === undefined || found.has(versionOf(entry))) return
  lanes.add(card, async (signal) => {
    const facts = await loadFacts(entry, signal)
    if (shown.get(card) === entry) showFacts(card, facts)
    const picture = facts.cover ?? (await pictureOf(entry, facts, signal))
    signal.throwIfAborted()
    remember(versionOf(entry), { facts, picture })
    await show(card, entry, { facts, picture })
  })
}

async function loadFacts(entry: LibraryEntry, signal: AbortSignal): Promise<MediaFacts> {
  if (entry.media !== undefined) return entry.media
  const key = entry.key.split('/').map(encodeURIComponent).join('/')
  const response = await fetch(apiLink(`api/media/${key}`), { signal })
  if (response.status >= 500) throw new Error(`The server answered ${response.status}`)
  return response.ok ? response.json() : {}
}

async function pictureOf(entry: LibraryEntry, facts: MediaFacts, signal: AbortSignal) {
  if (entry.kind === 'image' && entry.size <= MAX_IMAGE) return entry.stream
  return entry.kind === 'video' ? makePoster(entry, facts.duration, signal) : undefined
}

/** Shows what was found, once the picture is loaded: until then its placeholder stays. */
async function show(card: HTMLElement, entry: LibraryEntry, { facts, picture }: Found): Promise<void> {
  showFacts(card, facts)
  if (picture === undefined) return
  const image = new Image()
  image.alt = ''
  image.decoding = 'async'
  image.src = picture
  await image.decode()
  if (shown.get(card) === entry) showCover(card, image)
}

function versionOf({ key, size, modified }: LibraryEntry): string {
  return `${key}\n${size}\n${modified}`
}

function remember(version: string, what: Found): void {
  found.set(version, what)
  const [oldest] = found.keys()
  if (found.size > MAX_FOUND && oldest !== undefined) found.delete(oldest)
}
