import { html } from 'hono/html'
import { formatAgo, formatDuration, formatSize, hueOf, isoTime, pageLink, placeOf } from '../client/format.ts'
import { dashesOf, describeGrowing, formatGrowing, percentOf } from '../client/growing.ts'
import type { Growing, LibraryEntry, LibraryPage, Sort } from '../library/protocol.ts'
import { type Html, renderIcon } from './layout.ts'

export type View = 'grid' | 'list'

/** The entries of a page as cards or rows, which `client/library-card.ts` fills in the same way. */
export function renderCards({ path, entries }: LibraryPage, view: View, sort: Sort): Html {
  const cards = entries.map((entry) => renderCard(entry, path, sort))
  return html`<ul id="cards" class="${view}" role="list" tabindex="-1" aria-label="Files and folders">${cards}</ul>`
}

function renderCard(entry: LibraryEntry, path: string, sort: Sort): Html {
  const { kind, key, name, title, size, modified, growing, media } = entry
  const isFolder = kind === 'folder'
  const time = isoTime(modified)
  const place = placeOf(key, path)
  const facts = growing === undefined ? formatSize(size) : formatGrowing(growing)
  // Of what is being written, the time is now.
  const hasTime = place === '' && modified > 0 && growing === undefined
  return html`<li class="card" data-kind="${kind}" data-hue="${String(hueOf(title))}">
  <a href="${pageLink(entry, sort)}" title="${name}">
    <span class="cover">${renderIcon(kind)}${renderRing(growing)}<span class="badge numbers"${media?.duration === undefined && ' hidden'}>${media?.duration !== undefined && formatDuration(media.duration)}</span><span class="progress" hidden><span></span></span></span>
    <span class="text"><span class="title">${title}</span>
    <span class="facts numbers"><span class="size">${isFolder ? 'Folder' : facts}</span><time datetime="${time}"${!hasTime && ' hidden'}>${formatAgo(modified)}</time><span class="place"${place === '' && ' hidden'}>${place}</span></span></span>
  </a>
</li>`
}

/** How much is there of a file that is still being written, as `client/library-ring.ts` shows it. */
function renderRing(growing: Growing | undefined): Html {
  const shown = growing ?? { frontier: 0 }
  const percent = percentOf(shown)
  return html`<span class="ring numbers${percent === undefined && ' unknown'}" role="img" aria-label="${describeGrowing(shown)}"${growing === undefined && ' hidden'}><svg viewBox="0 0 44 44" aria-hidden="true"><circle cx="22" cy="22" r="19"/><circle class="there" cx="22" cy="22" r="19" pathLength="100" stroke-dasharray="${dashesOf(shown)}"/></svg>${renderIcon('arriving')}<span>${percent !== undefined && `${percent}%`}</span></span>`
}

/** The card that the script copies. */
export function renderEmptyCard(): Html {
  const entry = { kind: 'other', key: '', name: '', title: '', size: 0, modified: 0, page: './' } as const
  return renderCard(entry, '', 'title')
}
