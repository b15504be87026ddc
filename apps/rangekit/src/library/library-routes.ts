import type { RangeSource } from '@rangekit/range-core'
import { Hono } from 'hono'
import type { GuardedEnv } from '../access/guard.ts'
import type { Library } from './library.ts'
import type { ListPage } from './list-page.ts'
import { type MediaRouteOptions, mediaRoutes } from './media/media-routes.ts'
import type { MediaStore } from './media/media-store.ts'
import { videoRoutes } from './video-routes.ts'

/** What the routes are made of. */
export interface LibraryParts {
  readonly library: Library
  readonly list: ListPage
  /** Opens the files of the library. */
  readonly source: RangeSource
  readonly store: MediaStore
}

/** The JSON API of a library, to be mounted at `/api` behind a guard: `/videos`, `/media/{key}` and `/cover/{key}`. */
export function libraryRoutes(
  { library, list, source, store }: LibraryParts,
  options: MediaRouteOptions,
): Hono<GuardedEnv> {
  return new Hono<GuardedEnv>()
    .route('/', videoRoutes(list))
    .route('/', mediaRoutes(library, source, store, options))
}
