import type { Context } from 'hono'
import { html } from 'hono/html'
import { formatDuration, formatSize, isoTime } from '../client/format.ts'
import { percentOf, sentenceOf } from '../client/growing.ts'
import { HELP, SPEEDS } from '../client/watch-keys.ts'
import { isPlaylist } from '../library/kind.ts'
import type { EntryKind, Growing } from '../library/protocol.ts'
import { type Crumb, renderCrumbs } from './crumbs.ts'
import { type Html, renderIcon, renderPage } from './layout.ts'
import { mapView } from './map-view.ts'
import { renderStage, type StageView } from './watch-stage.ts'

/** A link to another file. */
export interface Neighbour {
  readonly title: string
  readonly link: string
}

/** What the page of a file shows. Links are relative to the root of the server, and signed where they have to be. */
export interface WatchView extends StageView {
  readonly key: string
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
  /** How much of it is there, if it is still being written. */
  readonly growing?: Growing | undefined
  /** As sent with the bytes: scripts compare it after a fault. */
  readonly etag?: string | undefined
  /** The link that the browser saves instead of showing. */
  readonly download: string
  /** A playlist of its folder. */
  readonly playlist?: { readonly name: string; readonly link: string } | undefined
  readonly crumbs: readonly Crumb[]
  readonly previous?: Neighbour | undefined
  readonly next?: Neighbour | undefined
  /** Where the brand leads; `null` if the reader may go nowhere else. */
  readonly home: string | null
  /** The grant that requests of scripts carry. */
  readonly grant?: string | undefined
  /** Whether it has the range map. */
  readonly inspect: boolean
  /** Whether there is a cache between the file and its origin. */
  readonly isCached: boolean
}

/** The page of one file. It works without scripts, which add the keyboard, memory and messages. */
export function renderWatchPage(context: Context, view: WatchView) {
  const { key, title, kind, contentType, etag, growing, grant, home, inspect, isCached } = view
  const isMedia = kind === 'video' || kind === 'audio'
  return renderPage(context, {
    title: `${title} · Rangekit`,
    styles: ['watch.css', ...(inspect ? ['map.css'] : [])],
    scripts: ['watch.js', ...(inspect ? ['map.js'] : [])],
    data: {
      key,
      kind,
      'content-type': contentType,
      ...(etag && { etag }),
      ...(growing && { growing: '' }),
      ...(grant && { grant }),
    },
    home,
    crumbs: renderCrumbs([...view.crumbs, { name: title }]),
    body: html`
      ${renderStage(view)}
      ${growing ? renderArriving(growing) : ''}
      ${isMedia ? renderMessages(view) : ''}
      ${isMedia && inspect ? mapView(isCached) : ''}
      <div class="headline">
        <div>
          <h1 dir="auto">${title}</h1>
          ${renderFacts(view)}
        </div>
        ${renderSteps(view)}
      </div>
      <div class="tools">
        ${renderShare(view, isMedia)}
        ${isMedia ? renderSettings(view) : ''}
      </div>
      <p class="copying" hidden>
        <label for="link">Copy this link:</label> <input class="field" id="link" readonly>
      </p>
      ${!isMedia && inspect ? mapView(isCached) : ''}
      ${renderHelp(kind)}
      <p class="visually-hidden" id="status" role="status"></p>
      <div class="toast" id="toast" popover="manual" aria-hidden="true"></div>`,
  })
}

function renderFacts({ contentType, size, modified, facts }: WatchView): Html {
  const { duration, width, height } = facts ?? {}
  const date = isoTime(modified)
  // What is unknown here, the script fills in when the player knows it.
  const fact = (id: string, text: string | number | undefined) =>
    text ? html`<li>${text}</li>` : html`<li id="${id}" hidden></li>`
  return html`<ul class="facts muted">
    ${fact('duration', duration && formatDuration(duration))} ${fact('dimensions', width && height && `${width} × ${height}`)}
    <li id="size">${formatSize(size)}</li>
    <li>${contentType.replace(/;.*/, '')}</li>
    ${date === '' ? '' : html`<li><time datetime="${date}">${date.slice(0, 10)}</time></li>`}
  </ul>`
}

/** How much is there of a file that is still being written; the script goes on with it. */
function renderArriving(growing: Growing): Html {
  const percent = percentOf(growing)
  return html`<div class="arriving" id="arriving" data-state="growing">
    <progress max="100" aria-label="Downloaded"${percent === undefined ? '' : html` value="${percent}"`}></progress>
    <p><span class="numbers" data-part="text">${sentenceOf(growing)}</span> <button class="button" hidden>Load it again to jump anywhere in it</button></p>
    <p class="muted" data-part="wait" role="status" hidden></p>
  </div>`
}

function renderSteps({ previous, next }: WatchView): Html | '' {
  if (previous === undefined && next === undefined) return ''
  const step = (id: string, name: string, rel: string, neighbour: Neighbour | undefined) =>
    neighbour === undefined
      ? ''
      : html`<a class="button step" id="${id}" rel="${rel}" href="${neighbour.link}" title="${neighbour.title}">
          ${id === 'previous' ? renderIcon('back') : ''}<span>${name}</span>
          <span class="visually-hidden">: ${neighbour.title}</span>${id === 'next' ? renderIcon('next') : ''}
        </a>`
  return html`<nav class="steps" aria-label="Files of this folder">
    ${step('previous', 'Previous', 'prev', previous)} ${step('next', 'Next', 'next', next)}
  </nav>`
}

function renderShare({ stream, download, title, contentType, playlist }: WatchView, isMedia: boolean): Html {
  return html`<div class="group">
    <a class="button" href="${download}" download>${renderIcon('download')}Download</a>
    <button class="button" id="copy" data-link="${stream}" data-scripted hidden>${renderIcon('link')}Copy link</button>
    ${isMedia || isPlaylist(contentType) ? html`<button class="button" id="vlc" data-link="${stream}" data-title="${title}" data-scripted hidden>${renderIcon('external')}Open in VLC</button>` : ''}
    ${isMedia && playlist ? html`<a class="button" id="playlist" href="${playlist.link}" data-name="${playlist.name}" title="All of this folder, for VLC and other players">${renderIcon('list')}Playlist</a>` : ''}
  </div>`
}

function renderSettings({ next }: WatchView): Html {
  return html`<div class="group" data-scripted hidden>
    <label class="speed"><span>Speed</span>
      <select class="field" id="speed" aria-label="Speed">${SPEEDS.map((speed) => html`<option value="${speed}"${speed === 1 ? html` selected` : ''}>${speed}×</option>`)}</select>
    </label>
    ${next ? html`<button class="button" id="autoplay" aria-pressed="false" title="Play the next file when this one ends">${renderIcon('queue')}Play next</button>` : ''}
    <button class="icon-button" id="pip" title="Picture in picture (I)" aria-label="Picture in picture" hidden>${renderIcon('pip')}</button>
    <button class="icon-button" id="keyboard" title="Keyboard shortcuts (?)" aria-label="Keyboard shortcuts">${renderIcon('keyboard')}</button>
  </div>`
}

/** What scripts show when something went wrong, or when they have resumed. */
function renderMessages({ download }: WatchView): Html {
  return html`
    <div class="problem panel" id="problem" role="alert" hidden>
      <h2></h2>
      <p class="muted"></p>
      <div class="group">
        <button class="button primary" data-way="reload">${renderIcon('retry')}Reload</button>
        <button class="button" data-way="vlc">${renderIcon('external')}Open in VLC</button>
        <a class="button" data-way="download" href="${download}" download>${renderIcon('download')}Download</a>
      </div>
    </div>
    <div class="resumed" id="resumed" hidden>
      <output></output> <button class="button">Start over</button>
    </div>`
}

function renderHelp(kind: EntryKind): Html {
  const lines = HELP.filter(({ kinds }) => kinds?.includes(kind) ?? true)
  return html`<dialog class="help" id="help" aria-labelledby="help-title" closedby="any">
    <h2 id="help-title">Keyboard shortcuts</h2>
    <dl>${lines.map(({ keys, label }) => html`<div><dt>${keys.map((key) => (key === '…' ? '…' : html`<kbd>${key}</kbd>`))}</dt><dd>${label}</dd></div>`)}</dl>
    <form method="dialog"><button class="button">Close</button></form>
  </dialog>`
}
