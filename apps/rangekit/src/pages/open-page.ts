import { isKey, type RangeSource } from '@rangekit/range-core'
import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import type { GuardedEnv } from '../access/guard.ts'
import { pathTo } from '../library/links.ts'
import { isLinkable } from '../library/paths.ts'
import { decoded } from '../url-parts.ts'
import { type PageStatus, renderIcon, renderPage } from './layout.ts'
import { renderForbidden } from './missing-page.ts'

export interface OpenPageOptions {
  readonly source: RangeSource
  /** The key of the only file there is. Default: there are several. */
  readonly film?: string | undefined
  /** What is taken off a URL that was pasted. Default: nothing. */
  readonly origin?: string | undefined
  /** Whether the page names the origin. */
  readonly inspect: boolean
}

/** A path that was entered, and what is wrong with it. */
interface Entered {
  readonly path: string
  readonly problem?: string
}

/** Characters of a path, encoded or not. */
const MAX_PATH = 4096

/** `/` of a place without lists: the page of its only file, or a field for the path of one. */
export function openPageRoutes(options: OpenPageOptions): Hono<GuardedEnv> {
  const { source, film } = options
  return new Hono<GuardedEnv>().get('/', async (context) => {
    const { grant } = context.var
    if (!grant.mayList('')) return renderForbidden(context)
    if (film !== undefined) return context.redirect(`./${await grant.link(pathTo.file(film))}`, 302)
    const path = (context.req.query('path') ?? '').trim()
    if (path === '') return renderOpenPage(context, { path }, options)
    const key = keyOf(path, options.origin)
    if (typeof key !== 'string') return renderOpenPage(context, { path, ...key }, options)
    const file = await source.open(key)
    if (file === undefined) {
      return renderOpenPage(context, { path, problem: 'There is no file at this path.' }, options)
    }
    await file.close()
    return context.redirect(`./${await grant.link(pathTo.file(key))}`, 302)
  })
}

/** The key that a path or a pasted URL names. Paths are copied from URLs more often than not: they may be encoded. */
function keyOf(path: string, origin = ''): string | { readonly problem: string } {
  if (/^https?:\/\//i.test(path) && !(origin !== '' && path.startsWith(origin))) {
    return { problem: 'This is another server. Enter the path of a file of this one.' }
  }
  const rest = path.startsWith(origin) ? path.slice(origin.length).replace(/[?#].*$/s, '') : path
  const key = decoded(rest.replace(/^\/+/, ''))
  if (path.length > MAX_PATH || !isKey(key) || !isLinkable(key)) {
    return { problem: 'This is not the path of a file.' }
  }
  return key
}

function renderOpenPage(context: Context<GuardedEnv>, { path, problem }: Entered, options: OpenPageOptions) {
  const { home, token } = context.var.grant
  const status: PageStatus = problem === undefined ? 200 : 404
  const invalid = problem === undefined ? '' : html` aria-invalid="true" aria-describedby="problem"`
  return renderPage(
    context,
    {
      title: 'Rangekit',
      styles: ['open.css'],
      home,
      hasFoot: true,
      body: html`<div class="notice">
  ${renderIcon('video')}
  <h1>Open a file</h1>
  <p>The server behind this page sends files, but no list of them. Enter the path of one to open it in the player.</p>
  <form class="open-form" action="./">
    ${token !== undefined && html`<input type="hidden" name="grant" value="${token}">`}
    <input class="field" name="path" value="${path}" placeholder="films/film.mp4" aria-label="Path of a file" maxlength="${String(MAX_PATH)}" required autofocus autocapitalize="off" autocomplete="off" spellcheck="false" enterkeyhint="go"${invalid}>
    <button class="button primary">Open</button>
  </form>
  ${problem !== undefined && html`<p class="open-problem" id="problem" role="alert">${problem}</p>`}
  ${options.inspect && options.origin !== undefined && html`<p class="small">Paths are below <code>${options.origin}</code></p>`}
</div>`,
    },
    status,
  )
}
