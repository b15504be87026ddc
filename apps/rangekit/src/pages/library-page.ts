import { keyFromPath, pathOf } from '@rangekit/range-handler'
import { type Context, Hono } from 'hono'
import { html, raw } from 'hono/html'
import type { Grant } from '../access/access.ts'
import type { GuardedEnv } from '../access/guard.ts'
import { formatTotal } from '../client/format.ts'
import { readCursor } from '../library/cursor.ts'
import { pathTo } from '../library/links.ts'
import type { ListPage } from '../library/list-page.ts'
import { splitKey } from '../library/paths.ts'
import { type LibraryPage, SORTS, type Sort } from '../library/protocol.ts'
import { MAX_Q } from '../library/query.ts'
import { crumbsTo, folderName, renderCrumbs } from './crumbs.ts'
import { type Html, renderIcon, renderPage } from './layout.ts'
import { renderCards, renderEmptyCard, type View } from './library-cards.ts'
import { renderForbidden, renderMissing } from './missing-page.ts'

/** The parameters of the page's URL, as used. */
interface Shown {
  readonly q: string
  readonly sort: Sort
  readonly view: View
  readonly cursor: string | undefined
}

/** How many entries are in the page itself; the script loads more. */
const FIRST_PAGE = 60

const SORT_NAMES: Readonly<Record<Sort, string>> = {
  title: 'Name',
  '-title': 'Name, reversed',
  '-modified': 'Newest first',
  modified: 'Oldest first',
  '-size': 'Largest first',
  size: 'Smallest first',
}

/** The library: `/` shows the root, `/browse/{folder}/` a sub-folder. */
export function libraryPageRoutes(list: ListPage): Hono<GuardedEnv> {
  return new Hono<GuardedEnv>()
    .get('/', (context) => showFolder(context, '', list))
    .get('/browse/*', (context) => {
      const path = pathOf(context.req.url)
      if (path === '/browse/') return context.redirect('../', 302)
      if (!path.endsWith('/')) return addSlash(context, path)
      const key = keyFromPath(path.slice(0, -1), '/browse')
      return key === undefined
        ? renderMissing(context, context.var.grant.home)
        : showFolder(context, key, list)
    })
}

/** Relative links and the signed link's scope need the slash. */
function addSlash(context: Context<GuardedEnv>, path: string): Response {
  const { search, searchParams: query } = new URL(context.req.url)
  const { token } = context.var.grant
  if (token === undefined || query.has('grant'))
    return context.redirect(`./${path.split('/').at(-1)}/${search}`, 308)
  return context.redirect(`./${path.split('/').at(-1)}/?grant=${encodeURIComponent(token)}`, 302)
}

async function showFolder(context: Context<GuardedEnv>, path: string, list: ListPage) {
  const { grant } = context.var
  if (!grant.mayList(path)) return renderForbidden(context)
  const shown = readQuery(new URL(context.req.url).searchParams)
  const { q, sort, cursor } = shown
  const after = cursor === undefined ? undefined : readCursor(cursor, sort)
  const page = await list({ path, q, sort, after, limit: FIRST_PAGE }, grant, context.req.raw.signal)
  if (page === undefined) return renderMissing(context, grant.home)
  const name = folderName(path)
  return renderPage(context, {
    title: path === '' ? 'Rangekit' : `${name} · Rangekit`,
    styles: ['library.css'],
    scripts: ['library.js'],
    data: { path, view: shown.view, ...(grant.token !== undefined && { grant: grant.token }) },
    home: grant.home,
    ...(path !== '' && {
      crumbs: renderCrumbs([...(await crumbsTo(splitKey(path).folder, grant)), { name }]),
    }),
    hasFoot: true,
    body: html`${renderTools(path, name, page, shown, grant)}
${renderCards(page, shown.view, sort)}
${await renderMore(path, page, shown, grant)}
<div id="notice" class="notice" aria-live="polite"${page.total > 0 && ' hidden'}>${renderIcon(q === '' ? 'folder' : 'search')}
  <h2 id="notice-title">${q === '' ? 'This folder is empty' : 'Nothing matches'}</h2>
  <p id="notice-text">${q === '' ? 'Files that are put into it appear here.' : 'Try a shorter or another word.'}</p>
  <button id="retry" class="button" type="button" hidden>Try again</button>
</div>
<template id="card">${renderEmptyCard()}</template>
${cursor === undefined && renderData(page)}`,
  })
}

function readQuery(query: URLSearchParams): Shown {
  const sort = query.get('sort')
  return {
    q: (query.get('q') ?? '').trim().slice(0, MAX_Q),
    sort: SORTS.find((known) => known === sort) ?? 'title',
    view: query.get('view') === 'list' ? 'list' : 'grid',
    cursor: query.get('cursor') || undefined,
  }
}

function renderTools(
  path: string,
  name: string,
  page: LibraryPage,
  { q, sort, view }: Shown,
  { token }: Grant,
) {
  return html`<div class="tools">
  <div class="heading"><h1>${name}</h1><p id="total" class="muted numbers" role="status">${formatTotal(page.total, q !== '', page.partial)}</p></div>
  <form id="tools" role="search" action="${pathTo.folder(path)}">
    ${token !== undefined && html`<input type="hidden" name="grant" value="${token}">`}
    <input type="hidden" name="view" value="${view}">
    <div class="search">${renderIcon('search')}<input id="q" class="field" type="search" name="q" value="${q}" placeholder="Search" aria-label="Search this folder" maxlength="${String(MAX_Q)}" autocomplete="off" spellcheck="false" enterkeyhint="search"><kbd aria-hidden="true">/</kbd></div>
    <select id="sort" class="field" name="sort" aria-label="Order">
      ${Object.entries(SORT_NAMES).map(([value, text]) => html`<option value="${value}"${value === sort && ' selected'}>${text}</option>`)}
    </select>
    <noscript><button class="button">Show</button></noscript>
    <div id="views" class="views" role="group" aria-label="View" hidden>${renderViewButton('grid', view)}${renderViewButton('list', view)}</div>
  </form>
</div>`
}

function renderViewButton(view: View, chosen: View): Html {
  const name = view === 'grid' ? 'Grid' : 'List'
  return html`<button class="icon-button" type="button" data-view="${view}" aria-label="${name}" title="${name}" aria-pressed="${String(view === chosen)}">${renderIcon(view)}</button>`
}

/** The next page, where no script loads it. */
async function renderMore(path: string, { next }: LibraryPage, { q, sort, view }: Shown, grant: Grant) {
  if (next === undefined) return ''
  const link = `${pathTo.folder(path)}?${new URLSearchParams({ q, sort, view, cursor: next })}`
  return html`<p id="more"><a class="button" href="${await grant.link(link)}">Next page</a></p>`
}

/** The entries of this page for the script: a data block, which no policy on scripts is about. */
function renderData(page: LibraryPage): Html {
  return html`<script type="application/json" id="page">${raw(JSON.stringify(page).replaceAll('<', '\\u003c'))}</script>`
}
