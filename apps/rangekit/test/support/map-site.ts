import { fileSource, folderReader } from '@rangekit/node-fs-source'
import { serve } from '@rangekit/server'
import { createSite } from '../../src/site.ts'

/** Serves a folder with its pages and the range map, files that are still being written included, in the process of the test. */
export async function startMapSite(dir: string, port = 0) {
  const stopping = new AbortController()
  const app = createSite({
    reader: folderReader(dir, { growing: true }),
    source: fileSource(dir, { growing: true }),
    inspect: true,
    index: false,
    stopping: stopping.signal,
  })
  const server = await serve({ fetch: app.fetch, port })
  return {
    port: server.port,
    stop() {
      stopping.abort()
      return server.stop(0)
    },
  }
}
