import { type AppOptions, createApp, NOT_FOUND } from '@rangekit/hono-server'
import { planMethod } from '@rangekit/range-core'
import { pathOf, reportFault } from '@rangekit/range-handler'
import { precompressed } from '@rangekit/range-handler/precompressed'
import { Hono } from 'hono'
import { METHOD_NAME_ALL } from 'hono/router'
import { type Access, createAccess, memberAccess } from './access/access.ts'
import { type GuardedEnv, guard, privately } from './access/guard.ts'
import { GUARDED, isLinkable, OPEN } from './access/routes.ts'
import type { CacheFeed } from './inspect/cache-report.ts'
import { eventRoutes } from './inspect/event-routes.ts'
import { GrowthFeed } from './inspect/growth-feed.ts'
import { TransferHub } from './inspect/hub.ts'
import { connectWorkers, processPrefix } from './inspect/worker-relay.ts'
import { indexRoutes } from './library/index/index-routes.ts'
import { createLibrary } from './library/library.ts'
import { libraryRoutes } from './library/library-routes.ts'
import { pageLister } from './library/list-page.ts'
import { type FolderReader, NO_FOLDERS } from './library/listing.ts'
import { MediaStore } from './library/media/media-store.ts'
import type { SearchLimits } from './library/search.ts'
import type { RequestClient } from './log/client-address.ts'
import { openApiRoutes } from './openapi/openapi-routes.ts'
import { assetRoutes } from './pages/assets.ts'
import { docsRoutes } from './pages/docs/docs-page.ts'
import { libraryPageRoutes } from './pages/library-page.ts'
import { renderFault, renderMissing } from './pages/missing-page.ts'
import { openPageRoutes } from './pages/open-page.ts'
import { createGate, type GateOptions } from './password/gate.ts'
import { watchRoutes } from './watch/watch-routes.ts'

/** Options of {@link createSite}. */
export interface SiteOptions extends AppOptions {
  /** Lists the folders of the source. Default: it has no lists, and `/` asks for the path of a file. */
  readonly reader?: FolderReader | undefined
  /** The key of the only file of the source, to whose page `/` leads. Default: it has several. */
  readonly film?: string | undefined
  /** The URL that the keys of the source are below, if that is where they come from: `/` takes it off what was pasted. */
  readonly origin?: string | undefined
  /** Limits of searches. Default: those for a folder on disk. */
  readonly search?: SearchLimits | undefined
  /** Whether pages show the range map. */
  readonly inspect: boolean
  /** Whether `/api/stream/` lists folders as plain HTML. */
  readonly index: boolean
  /** Whether streams are sent compressed where such a sibling is stored, see `precompressed`. Default: false. */
  readonly precompressed?: boolean
  /** Serves `/metrics`. Default: it is a 404. */
  readonly metrics?: Hono | undefined
  /** What the cache of the source does, for the range map. Default: there is no cache. */
  readonly cacheFeed?: CacheFeed | undefined
  /** Asks for a password, and says how long the links are valid that pages hand out then. It needs `signed`. */
  readonly password?: (Pick<GateOptions, 'login' | 'trusts'> & { readonly linkLifetime: number }) | undefined
  /** Aborted when the server begins to stop: event streams end then, and files are no longer parsed. */
  readonly stopping?: AbortSignal
}

/** A web-standard handler of all requests. */
export interface Site {
  fetch(request: Request, client?: RequestClient): Response | Promise<Response>
  /** The routes, as Hono spells their paths. */
  readonly routes: readonly { readonly method: string; readonly path: string }[]
}

/** Behind a password, only an explicit `public` lets shared caches keep a file: many of them ignore Authorization. */
function unlessPublic(cacheControl: string): string {
  return /\bpublic\b/i.test(cacheControl) ? cacheControl : privately(cacheControl)
}

/**
 * What `rangekit DIR` serves: the streams and readiness of `createApp`, and the pages and their API around them. With a
 * password there are two of it, for those who have given it and for those with a signed link, and a gate in front.
 */
export function createSite(options: SiteOptions): Site {
  const { source, inspect, onError, password, stopping = new AbortController().signal } = options
  const library = createLibrary(options.reader ?? NO_FOLDERS, options.search)
  const store = new MediaStore(source, { stopping })
  const list = pageLister(library, (item) => store.known(item.key, item))
  const hub = new TransferHub(processPrefix())
  const growth = new GrowthFeed(source)
  if (inspect) {
    connectWorkers(hub)
    options.cacheFeed?.(hub.onCache)
  }
  // The pages read the files themselves, and need them as they are.
  const streamed = options.precompressed ? precompressed(source) : source
  const guests = siteFor(createAccess(options.signed), options)
  if (password === undefined || options.signed === undefined) return guests
  const { signed, cacheControl = 'private', ...rest } = options
  const members = siteFor(memberAccess(signed, password.linkLifetime), {
    ...rest,
    cacheControl: typeof cacheControl === 'string' ? unlessPublic(cacheControl) : cacheControl,
  })
  const sites = { members: members.fetch, guests: guests.fetch }
  const gate = createGate({ ...password, ...sites, isLinkable, cors: options.cors })
  return { fetch: gate, routes: members.routes }

  /** The routes of those who may see as much as this access says. */
  function siteFor(access: Access, streams: AppOptions): Site {
    const app = createApp({ ...streams, source: streamed, ...(inspect && { onTransfer: hub.onTransfer }) })
    const pages = new Hono<GuardedEnv>()
      .on('GET', GUARDED, guard(access))
      .route('/assets', assetRoutes())
      .route('/', openApiRoutes())
      .route('/', docsRoutes({ access, library, film: options.film }))
      .route('/api/events', eventRoutes({ hub, access, stopping, watchFolder: library.watchFolder, growth }))
      .route('/', options.reader ? libraryPageRoutes(list) : openPageRoutes(options))
      .route('/api', libraryRoutes({ library, list, source, store }, { notFound: NOT_FOUND, onError }))
      .route('/', options.index ? indexRoutes(library, access.isSigned) : new Hono())
      .route(
        '/',
        watchRoutes({
          source,
          library,
          store,
          hub: inspect ? hub : undefined,
          isCached: options.cacheFeed !== undefined,
        }),
      )
      .route('/', options.metrics ?? new Hono())
      .route('/', app)
      .on(METHOD_NAME_ALL, [...GUARDED, ...OPEN, '/api/events'], async ({ req }, next) => {
        const plan = planMethod(req.method)
        return plan === undefined ? next() : new Response(null, plan)
      })
      .notFound(async (context) => {
        const grant = await access.grantOf(context.req.raw)
        return renderMissing(context, grant?.home ?? null)
      })
      .onError((error, context) => {
        // A client that has left stops what was done for it.
        if (!context.req.raw.signal.aborted) {
          // Without the request: its URL may open a signed link.
          const report = onError ?? ((fault: unknown) => console.error(fault))
          report(error, context.req.raw)
          reportFault(context.req.raw, error)
        }
        return renderFault(context, error)
      })
    // Past the router of the pages: it takes a thirtieth of the time of a small range.
    const isDirect = (request: Request) => !options.index && pathOf(request.url).startsWith('/api/stream/')
    const fetch: Site['fetch'] = (request, client) => (isDirect(request) ? app : pages).fetch(request, client)
    return { fetch, routes: pages.routes }
  }
}
