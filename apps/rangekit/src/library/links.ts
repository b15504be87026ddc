import type { MaybePromise } from '@rangekit/range-core'
import { encodePath } from './paths.ts'

/** Turns a path relative to the root of the server into a link, signed where the request was. */
export type Link = (path: string) => MaybePromise<string>

/** Where everything about a file is, relative to the root of the server. */
export const pathTo = {
  stream: (key: string) => `api/stream/${encodePath(key)}`,
  cover: (key: string) => `api/cover/${encodePath(key)}`,
  /** The player. */
  file: (key: string) => `watch/${encodePath(key)}`,
  /** The library page of a folder other than the root. */
  folder: (path: string) => `browse/${encodePath(path)}/`,
} as const
