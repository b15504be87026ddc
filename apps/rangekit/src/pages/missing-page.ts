import { NOT_FOUND } from '@rangekit/hono-server'
import { detailResponse, faultResponse, pathOf } from '@rangekit/range-handler'
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import { html } from 'hono/html'
import { renderIcon, renderPage } from './layout.ts'

interface Notice {
  readonly status: 403 | 404 | 500
  readonly icon: string
  readonly title: string
  readonly text: string
}

const MISSING: Notice = {
  status: 404,
  icon: 'search',
  title: 'There is nothing here',
  text: 'The file may have been moved, renamed or deleted, or the link may be incomplete.',
}
const FORBIDDEN: Notice = {
  status: 403,
  icon: 'lock',
  title: 'This link is not valid',
  text: 'It may have expired, or a part of it may be missing. Ask the person who sent it for a new one.',
}
const FAULT: Notice = {
  status: 500,
  icon: 'info',
  title: 'Something went wrong',
  text: 'The server could not answer this request. Try again in a moment.',
}

/**
 * The 404 of the site: a page for browsers, JSON for everyone else and below `/api`.
 *
 * @param home where the way back leads, relative to the root of the server; `null` if the request may go nowhere.
 */
export function renderMissing(context: Context, home: string | null): Response | Promise<Response> {
  return wantsPage(context)
    ? renderNotice(context, MISSING, home)
    : detailResponse(context.req.method, 404, NOT_FOUND)
}

/** The 403 of a link that was not signed, has expired or has been changed. */
export function renderForbidden(context: Context): Response | Promise<Response> {
  if (wantsPage(context)) return renderNotice(context, FORBIDDEN, null)
  const fields = { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' }
  return detailResponse(context.req.method, 403, 'Forbidden', fields)
}

/** The response to a fault of the server; its cause is not told. */
export function renderFault(context: Context, error: unknown): Response | Promise<Response> {
  return wantsPage(context) ? renderNotice(context, FAULT, null) : faultResponse(context.req.method, error)
}

/** Whether the client prefers HTML to JSON, as browsers do when they navigate. */
function wantsPage(context: Context): boolean {
  if (/^\/api(?:\/|$)/.test(pathOf(context.req.url)) || !/^(?:GET|HEAD)$/.test(context.req.method))
    return false
  const supports = ['application/json', 'text/html']
  return accepts(context, { header: 'Accept', supports, default: 'application/json' }) === 'text/html'
}

function renderNotice(context: Context, { status, icon, title, text }: Notice, home: string | null) {
  const body = html`<div class="notice">
  ${renderIcon(icon)}
  <h1>${title}</h1>
  <p>${text}</p>
  ${home !== null && html`<a class="button" href="${home}">Go to the library</a>`}
</div>`
  return renderPage(context, { title: `${title} · Rangekit`, home, body }, status)
}
