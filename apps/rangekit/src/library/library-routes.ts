import type { RangeSource } from '@rangekit/range-core'
import { Hono } from 'hono'
import type { GuardedEnv } from '../access/guard.ts'
import type { Library } from './library.ts'
import { mediaRoutes } from './media/media-routes.ts'
import { MediaStore } from './media/media-store.ts'
import type { LibraryRouteOptions } from './route-options.ts'
import { videoRoutes } from './video-routes.ts'

/**
 * The JSON API of a library, to be mounted at `/api` behind a guard: `/videos`, `/media/{key}` and `/cover/{key}`.
 *
 * @param source opens the files of the library.
 */
export function libraryRoutes(
  library: Library,
  source: RangeSource,
  options: LibraryRouteOptions,
): Hono<GuardedEnv> {
  const store = new MediaStore(source)
  return new Hono<GuardedEnv>()
    .route(
      '/',
      videoRoutes(library, (item) => store.known(item.key, item), options),
    )
    .route('/', mediaRoutes(library, source, store, options))
}
