import { html } from 'hono/html'
import type { Grant } from '../access/access.ts'
import { pathTo, sortQuery } from '../library/links.ts'
import { splitKey } from '../library/paths.ts'
import type { Sort } from '../library/protocol.ts'
import type { Html } from './layout.ts'

/** A step on the way to a page; the last one, and those that may not be visited, have no link. */
export interface Crumb {
  readonly name: string
  readonly link?: string | undefined
}

/** The way from the root to a folder and the links to it that a grant includes, in the order in which they are sorted. */
export function crumbsTo(folder: string, grant: Grant, sort: Sort = 'title'): Promise<Crumb[]> {
  const segments = folder === '' ? [] : folder.split('/')
  const paths = ['', ...segments.map((_, index) => segments.slice(0, index + 1).join('/'))]
  return Promise.all(
    paths.map(async (path) => {
      const link = `${pathTo.folder(path)}${sortQuery(sort)}`
      return { name: folderName(path), link: grant.mayList(path) ? await grant.link(link) : undefined }
    }),
  )
}

/** The name of a folder, for people. */
export function folderName(path: string): string {
  return path === '' ? 'Library' : splitKey(path).name
}

/** The way from the first page to this one; the last crumb is the page itself. */
export function renderCrumbs(crumbs: readonly Crumb[]): Html {
  const steps = crumbs.map(({ name, link }, index) => {
    if (link !== undefined) return html`<li><a href="${link}">${name}</a></li>`
    const isHere = index === crumbs.length - 1
    return html`<li><span${isHere ? html` aria-current="page"` : ''}>${name}</span></li>`
  })
  return html`<nav class="crumbs" aria-label="Path"><ol>${steps}</ol></nav>`
}
