import type { Context } from 'hono'
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

/** A piece of a page. Text that is put into one with `html` is escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

export interface Page {
  /** The text of the title bar. */
  readonly title: string
  /** Names of styles beside `base.css`. */
  readonly styles?: readonly string[]
  /** Names of scripts, all modules. */
  readonly scripts?: readonly string[]
  /** Data for the scripts, readable as `document.documentElement.dataset`. */
  readonly data?: Readonly<Record<string, string>>
  /** What `<body>` contains. */
  readonly body: Html
}

/**
 * Scripts, styles and connections of this server only, nothing inline. `blob:` is for what scripts make themselves.
 */
export const PAGE_FIELDS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "worker-src 'self'",
    "frame-src 'self'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
} as const

/**
 * A page whose relative links start at the root of the server, wherever a proxy has mounted that: `<base>` leads there
 * from the path of the request.
 */
export function renderPage(context: Context, page: Page, status: 200 | 403 | 404 | 500 = 200) {
  const { title, styles = [], scripts = [], data = {}, body } = page
  const depth = new URL(context.req.url).pathname.split('/').length - 2
  const root = depth > 0 ? '../'.repeat(depth) : './'
  const attributes = Object.entries(data).map(([name, value]) => html` data-${name}="${value}"`)
  const document = html`<!doctype html>
<html lang="en"${attributes}>
  <head>
    <meta charset="utf-8">
    <base href="${root}">
    <title>${title}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="assets/icon.svg" type="image/svg+xml">
    ${['base.css', ...styles].map((name) => html`<link rel="stylesheet" href="assets/${name}">`)}
    ${scripts.map((name) => html`<script type="module" src="assets/${name}"></script>`)}
  </head>
  <body>${body}</body>
</html>`
  return context.html(document, status, PAGE_FIELDS)
}
