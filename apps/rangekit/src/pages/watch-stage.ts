import { html } from 'hono/html'
import type { EntryKind, MediaFacts } from '../library/protocol.ts'
import { type Html, renderIcon } from './layout.ts'

/** Subtitles as WebVTT. */
export interface TrackView {
  readonly link: string
  readonly label: string
  readonly language?: string | undefined
}

/** The file itself. Links are relative to the root of the server. */
export interface StageView {
  readonly title: string
  readonly kind: EntryKind
  readonly contentType: string
  /** Where its bytes are. */
  readonly stream: string
  readonly facts?: MediaFacts | undefined
  /** Where its facts are, with a cover that has not been found yet. */
  readonly factsLink: string
  readonly tracks: readonly TrackView[]
}

/** Documents that browsers show in a frame; others would be downloaded there at once. */
const SHOWN = /^(?:application\/(?:json|pdf)|text\/(?:html|plain))\b/

/** The file as the browser shows it, or its type if the browser cannot show it. */
export function renderStage(view: StageView): Html {
  const { title, kind, contentType, stream, facts, factsLink, tracks } = view
  const poster = facts?.cover ? html` poster="${facts.cover}"` : ''
  switch (kind) {
    case 'video':
      return html`<div class="stage video">
        <video id="media" src="${stream}"${poster} aria-label="${title}" controls preload="metadata" playsinline>
          ${tracks.map(renderTrack)}
        </video>
      </div>`
    case 'audio':
      return html`<div class="stage audio">
        ${facts?.cover ? html`<img class="cover" src="${facts.cover}" alt="">` : html`<span class="cover" id="cover" data-facts="${factsLink}">${renderIcon('audio')}</span>`}
        <audio id="media" src="${stream}" aria-label="${title}" controls preload="metadata"></audio>
      </div>`
    case 'image':
      return html`<div class="stage image"><a href="${stream}" title="Open the picture itself"><img src="${stream}" alt="${title}"></a></div>`
    case 'document':
      if (!SHOWN.test(contentType)) return renderCard(contentType)
      return html`<div class="stage document">
        <iframe src="${stream}" title="${title}"></iframe>
        <p class="muted small">Some browsers do not show it here. <a href="${stream}">Open it in full</a></p>
      </div>`
    case 'other':
    case 'folder':
      return renderCard(contentType)
  }
}

function renderCard(contentType: string): Html {
  return html`<div class="stage other">
    <p>${renderIcon('other')}<span>Browsers have no preview for this kind of file (${contentType.replace(/;.*/, '')}).</span></p>
  </div>`
}

function renderTrack({ link, label, language }: TrackView): Html {
  return html`<track kind="subtitles" src="${link}" label="${label}"${language ? html` srclang="${language}"` : ''}>`
}
