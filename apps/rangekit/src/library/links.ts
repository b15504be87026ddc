import type { MaybePromise } from '@rangekit/range-core'
import { encodePath } from './paths.ts'
import type { Sort } from './protocol.ts'

/** Turns a path relative to the root of the server into a link, signed where the request was. */
export type Link = (path: string) => MaybePromise<string>

/** Where everything about a file is, relative to the root of the server. */
export const pathTo = {
  stream: (key: string) => `api/stream/${encodePath(key)}`,
  cover: (key: string) => `api/cover/${encodePath(key)}`,
  /** The player, whose next and previous file are those of a sort. */
  file: (key: string, sort: Sort = 'title') => `watch/${encodePath(key)}${sortQuery(sort)}`,
  /** The library page of a folder. */
  folder: (path: string) => (path === '' ? './' : `browse/${encodePath(path)}/`),
} as const

/** The query of a page in this order; none for the usual one. */
export function sortQuery(sort: Sort): string {
  return sort === 'title' ? '' : `?sort=${sort}`
}
