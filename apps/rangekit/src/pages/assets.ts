import { NOT_FOUND, streamRoutes } from '@rangekit/hono-server'
import { blobSource } from '@rangekit/range-handler'
import type { Hono } from 'hono'
import { clientFile } from '../client-files.ts'

/**
 * The scripts, styles and pictures of the pages, at the name of the file: `library.css`, `library.js`. Each has an ETag
 * and is checked again on each use.
 */
export function assetRoutes(): Hono {
  // The sandbox would be the policy of a worker, which could then connect to nothing.
  return streamRoutes(blobSource(clientFile), {
    cacheControl: 'no-cache',
    // Nobody asks for ranges of them, and a proxy may compress them.
    noTransform: false,
    notFound: NOT_FOUND,
    sandbox: false,
  })
}
