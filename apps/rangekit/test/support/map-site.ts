// A site with the range map under a bare player, in the test's own process.
import { createApp } from '@rangekit/hono-server'
import { fileSource } from '@rangekit/node-fs-source'
import { serve } from '@rangekit/server'
import { Hono } from 'hono'
import { html } from 'hono/html'
import { createAccess } from '../../src/access/access.ts'
import { eventRoutes } from '../../src/inspect/event-routes.ts'
import { TransferHub } from '../../src/inspect/hub.ts'
import { assetRoutes } from '../../src/pages/assets.ts'
import { renderPage } from '../../src/pages/layout.ts'
import { mapView } from '../../src/pages/map-view.ts'

export async function startMapSite(dir: string, port = 0) {
  const hub = new TransferHub()
  const stopping = new AbortController()
  const app = new Hono()
    .route('/assets', assetRoutes())
    .route(
      '/api/events',
      eventRoutes({
        hub,
        access: createAccess(undefined),
        stopping: stopping.signal,
        watchFolder: () => () => {},
      }),
    )
    .get('/watch/:key', (context) => {
      const key = context.req.param('key')
      hub.expect(key)
      const source = `api/stream/${encodeURIComponent(key)}`
      return renderPage(context, {
        title: key,
        styles: ['map.css'],
        scripts: ['map.js'],
        data: { key },
        body: html`<h1>${key}</h1>${/\.mp4$/.test(key) && html`<video id="media" controls muted preload="metadata" width="640" src="${source}" aria-label="${key}"></video>`}${mapView()}`,
      })
    })
    .route('/', createApp({ source: fileSource(dir), onTransfer: hub.onTransfer }))
  const server = await serve({ fetch: app.fetch, port })
  return {
    port: server.port,
    stop() {
      stopping.abort()
      return server.stop(1)
    },
  }
}
