import { html } from 'hono/html'
import { readBlocks, readSpans, type Span } from '../../openapi/rich-text.ts'
import type { Html } from '../layout.ts'

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

function renderSpan({ kind, text }: Span): Html {
  if (kind === 'code') return html`<code>${text}</code>`
  return kind === 'strong' ? html`<strong>${text}</strong>` : html`${text}`
}
