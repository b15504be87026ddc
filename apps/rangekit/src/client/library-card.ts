/** One entry on the page: the card of `pages/library-cards.ts`, filled. */
import type { LibraryEntry, MediaFacts } from '../library/protocol.ts'
import { formatAgo, formatDuration, formatSize, hueOf, isoTime, pageLink, placeOf } from './format.ts'
import { formatGrowing } from './growing.ts'
import { resumeShare } from './library-resume.ts'
import { showRing } from './library-ring.ts'

const template = document.querySelector<HTMLTemplateElement>('#card')?.content.querySelector('li')

/** A card without an entry. */
export function createCard(): HTMLLIElement {
  const card = document.createElement('li')
  if (template) {
    card.className = template.className
    card.append(...template.cloneNode(true).childNodes)
  }
  return card
}

/**
 * Shows an entry on a card.
 *
 * @param entry `undefined` if it is still on its way.
 * @param sort the order of the list.
 */
export function fillCard(card: HTMLElement, entry: LibraryEntry | undefined, sort: string): void {
  card.classList.toggle('waiting', entry === undefined)
  card.dataset['kind'] = entry?.kind ?? 'other'
  const link = part(card, 'a')
  if (entry === undefined) {
    link.tabIndex = -1
    link.removeAttribute('href')
    return
  }
  const { kind, key, name, title, size, modified, growing } = entry
  card.dataset['hue'] = String(hueOf(title))
  link.setAttribute('href', pageLink(entry, sort))
  // In this order: what cannot have the focus for a moment loses it.
  link.removeAttribute('tabindex')
  link.title = name
  part(card, 'use').setAttribute('href', `assets/icons.svg#${kind}`)
  part(card, '.title').textContent = title
  const bytes = growing === undefined ? formatSize(size) : formatGrowing(growing)
  part(card, '.size').textContent = kind === 'folder' ? 'Folder' : bytes
  showRing(part(card, '.ring'), growing)
  const time = part(card, 'time')
  time.textContent = formatAgo(modified)
  time.setAttribute('datetime', isoTime(modified))
  time.title = new Date(modified).toLocaleString()
  const place = part(card, '.place')
  place.textContent = placeOf(key, document.documentElement.dataset['path'] ?? '')
  place.hidden = place.textContent === ''
  time.hidden = !place.hidden || modified === 0 || growing !== undefined
  showFacts(card, entry.media ?? {})
  showProgress(card, key)
}

/** Shows what is known of a media file. */
export function showFacts(card: HTMLElement, { duration }: MediaFacts): void {
  const badge = part(card, '.badge')
  badge.hidden = duration === undefined
  badge.textContent = duration === undefined ? '' : formatDuration(duration)
}

/** Shows a picture of the file; `undefined` for its placeholder. */
export function showCover(card: HTMLElement, image: HTMLImageElement | undefined): void {
  const cover = part(card, '.cover')
  cover.querySelector('img')?.remove()
  if (image !== undefined) cover.prepend(image)
}

/** Shows how far the reader has come in the file. */
export function showProgress(card: HTMLElement, key: string): void {
  const share = resumeShare(key)
  part(card, '.progress').hidden = share === undefined
  part(card, '.progress span').style.inlineSize = `${(share ?? 0) * 100}%`
}

function part(card: HTMLElement, selector: string): HTMLElement {
  const found = card.querySelector<HTMLElement>(selector)
  if (found === null) throw new Error(`The card has no ${selector}`)
  return found
}
