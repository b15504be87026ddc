import { html } from 'hono/html'
import { readBlocks, readSpans, type Span } from '../../openapi/rich-text.ts'
import type { Html } from '../layout.ts'

/** Characters of code that fit into the narrowest column. */
const LONGEST_WORD = 20

/** A description as HTML. */
export function renderText(text: string): Html {
  return html`${readBlocks(text).map(({ kind, lines }) =>
    kind === 'list'
      ? html`<ul>${lines.map((spans) => html`<li>${spans.map(renderSpan)}</li>`)}</ul>`
      : html`<p>${lines.flat().map(renderSpan)}</p>`,
  )}`
}

/** A description of one line, without a paragraph around it. */
export function renderLine(text: string): Html {
  return html`${readSpans(text).map(renderSpan)}`
}

/** Code within a line, which stays in one piece if that has room on a phone. */
export function renderCodeSpan(text: string): Html {
  return text.length > LONGEST_WORD ? html`<code>${text}</code>` : html`<code class="word">${text}</code>`
}

function renderSpan({ kind, text }: Span): Html {
  if (kind === 'code') return renderCodeSpan(text)
  return kind === 'strong' ? html`<strong>${text}</strong>` : html`${text}`
}
