import { NOT_FOUND } from '@rangekit/hono-server'
import { detailResponse, faultResponse, pathOf } from '@rangekit/range-handler'
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import { html } from 'hono/html'
import { type Html, type PageStatus, pathOfRequest, renderIcon, renderPage } from './layout.ts'

interface Notice {
  readonly status: PageStatus
  readonly icon: string
  readonly title: string
  readonly text: string | Html
  /** What to call another request for the page. Default: it would not help. */
  readonly again?: string
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
const UNAUTHORIZED: Notice = {
  status: 401,
  icon: 'lock',
  title: 'This library needs a password',
  text: 'Your browser asks for a user name and a password when the page is loaded again.',
  again: 'Enter a password',
}
const WAIT: Notice = {
  status: 429,
  icon: 'lock',
  title: 'Too many wrong passwords',
  text: 'They came from your address. Wait a moment before you try again.',
  again: 'Try again',
}
const FAULT: Notice = {
  status: 500,
  icon: 'info',
  title: 'Something went wrong',
  text: 'The server could not answer this request. Try again in a moment.',
  again: 'Try again',
}
const BUSY: Notice = {
  status: 503,
  icon: 'info',
  title: 'The server is busy',
  text: 'It has more to do than it can at the moment. Try again in a few seconds.',
  again: 'Try again',
}

/**
 * The 404 of the site: a page for browsers, JSON for everyone else and below `/api`.
 *
 * @param home where the way back leads, relative to the root of the server; `null` if the request may go nowhere.
 */
export function renderMissing(context: Context, home: string | null): Response | Promise<Response> {
  if (wantsPage(context)) return renderNotice(context, MISSING, home)
  return varying(context, detailResponse(context.req.method, 404, NOT_FOUND))
}

/** The 403 of a link that was not signed, has expired or has been changed. */
export function renderForbidden(context: Context): Response | Promise<Response> {
  if (wantsPage(context)) return renderNotice(context, FORBIDDEN, null)
  const fields = { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' }
  return varying(context, detailResponse(context.req.method, 403, 'Forbidden', fields))
}

/**
 * The 401 of a request without a password, or with a wrong one.
 *
 * @param challenge what makes a browser ask for it.
 */
export function renderUnauthorized(context: Context, challenge: string): Response | Promise<Response> {
  return refusal(context, UNAUTHORIZED, { 'WWW-Authenticate': challenge })
}

/** The 429 of an address that sent too many wrong passwords. */
export function renderWait(context: Context, seconds: number): Response | Promise<Response> {
  return refusal(context, WAIT, { 'Retry-After': String(seconds) })
}

/** The 503 of a server that checks enough passwords already. */
export function renderBusy(context: Context): Response | Promise<Response> {
  return refusal(context, BUSY, { 'Retry-After': '1' })
}

/** The 421 of a request for a host under which the server does not answer (9110 §15.5.20). */
export function renderMisdirected(context: Context, host: string): Response | Promise<Response> {
  const title = `This server does not answer as ${host}`
  const text = 'If that is its name, for example behind a proxy, start it with'
  const notice = {
    status: 421,
    icon: 'lock',
    title,
    text: html`${text} <code class="word">--allow-host</code> <code>${host}</code>.`,
  } as const
  return refusal(
    context,
    wantsPage(context) ? notice : { ...notice, title: `${title}. ${text} --allow-host ${host}.` },
    {},
  )
}

/** A notice for browsers, its title as JSON for everyone else, with fields of its own. */
function refusal(context: Context, notice: Notice, fields: Readonly<Record<string, string>>) {
  if (!wantsPage(context)) {
    const noStore = { 'Cache-Control': 'no-store', ...fields }
    return varying(context, detailResponse(context.req.method, notice.status, notice.title, noStore))
  }
  for (const [name, value] of Object.entries(fields)) context.header(name, value)
  return renderNotice(context, notice, null)
}

/** The response to a fault of the server; it does not reveal the cause. */
export function renderFault(context: Context, error: unknown): Response | Promise<Response> {
  const response = faultResponse(context.req.method, error)
  if (!wantsPage(context)) return varying(context, response)
  const retryAfter = response.headers.get('Retry-After')
  if (retryAfter === null) return renderNotice(context, FAULT, null)
  context.header('Retry-After', retryAfter)
  return renderNotice(context, BUSY, null)
}

/** Whether the client prefers HTML to JSON, as browsers do when they navigate. */
function wantsPage(context: Context): boolean {
  if (isApi(context) || !/^(?:GET|HEAD)$/.test(context.req.method)) return false
  const supports = ['application/json', 'text/html']
  return accepts(context, { header: 'Accept', supports, default: 'application/json' }) === 'text/html'
}

function isApi({ req }: Context): boolean {
  return /^\/api(?:\/|$)/.test(pathOf(req.url))
}

/** Says of JSON that others get a page. */
function varying(context: Context, response: Response): Response {
  if (!isApi(context)) response.headers.set('Vary', 'Accept')
  return response
}

function renderNotice(context: Context, { status, icon, title, text, again }: Notice, home: string | null) {
  context.header('Vary', 'Accept')
  const body = html`<div class="notice">
  ${renderIcon(icon)}
  <h1>${title}</h1>
  <p>${text}</p>
  ${home !== null && html`<a class="button" href="${home}">Go to the library</a>`}
  ${again && html`<a class="button" href="${pathOfRequest(context)}">${again}</a>`}
</div>`
  return renderPage(context, { title: `${title} · Rangekit`, home, body }, status)
}
