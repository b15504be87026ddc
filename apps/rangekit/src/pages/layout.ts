import type { Context } from 'hono'
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import manifest from '../../package.json' with { type: 'json' }

/** A piece of a page. Text that is put into one with `html` is escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

export type PageStatus = 200 | 401 | 403 | 404 | 421 | 429 | 500 | 503

export interface Page {
  /** The text of the title bar. */
  readonly title: string
  /** Names of styles, in addition to `base.css`. */
  readonly styles?: readonly string[]
  /** Names of scripts, all modules. */
  readonly scripts?: readonly string[]
  /** Data for the scripts, readable as `document.documentElement.dataset`. */
  readonly data?: Readonly<Record<string, string>>
  /** Where the brand leads, relative to the root of the server. Default: `./`; `null` for nowhere. */
  readonly home?: string | null
  /** The way down to this page, from `renderCrumbs`. */
  readonly crumbs?: Html
  /** Buttons at the right end of the head. */
  readonly actions?: Html
  /** What `<main>` contains. */
  readonly body: Html
  /** Whether it ends with the version and a link to the reference of the API. Default: false. */
  readonly hasFoot?: boolean
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
export function renderPage(context: Context, page: Page, status: PageStatus = 200) {
  const {
    title,
    styles = [],
    scripts = [],
    data = {},
    home = './',
    crumbs = '',
    actions,
    body,
    hasFoot = false,
  } = page
  const { pathname } = new URL(context.req.url)
  const depth = pathname.split('/').length - 2
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
    <meta name="theme-color" content="#f6f7f9" media="(prefers-color-scheme: light)">
    <meta name="theme-color" content="#0c0f13" media="(prefers-color-scheme: dark)">
    <link rel="icon" href="assets/icon.svg" type="image/svg+xml">
    ${['base.css', ...styles].map((name) => html`<link rel="stylesheet" href="assets/${name}">`)}
    ${scripts.map((name) => html`<script type="module" src="assets/${name}"></script>`)}
  </head>
  <body>
    <a class="skip" href="${pathOfRequest(context)}#main">Skip to content</a>
    <header class="top">
      ${renderBrand(home)}
      ${crumbs}
      ${actions && html`<div class="actions">${actions}</div>`}
    </header>
    <main id="main" tabindex="-1">${body}</main>
    ${hasFoot ? renderFoot() : ''}
  </body>
</html>`
  return context.html(document, status, PAGE_FIELDS)
}

/** Where the page itself is, relative to the root of the server. */
export function pathOfRequest({ req }: Context): string {
  const { pathname, search } = new URL(req.url)
  return `.${pathname}${search}`
}

/** The name of the site, which leads to its first page. */
function renderBrand(home: string | null): Html {
  const brand = html`<img src="assets/icon.svg" alt="" width="26" height="26"><span>Rangekit</span>`
  return home === null
    ? html`<span class="brand">${brand}</span>`
    : html`<a class="brand" href="${home}" aria-label="Rangekit">${brand}</a>`
}

/** The end of a page. */
function renderFoot(): Html {
  return html`<footer class="foot"><span>Rangekit ${manifest.version}</span> <a href="docs">HTTP API</a></footer>`
}

/** A picture of `icons.svg`; for the eye only. */
export function renderIcon(name: string): Html {
  return html`<svg class="icon" aria-hidden="true"><use href="assets/icons.svg#${name}"></use></svg>`
}
