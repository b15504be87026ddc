import { planMethod } from '@rangekit/range-core'
import { Hono } from 'hono'
import { METHOD_NAME_ALL } from 'hono/router'
import { chooseFormat, type Snapshot, writeMetrics } from './exposition.ts'

/** `GET /metrics`: the numbers of all processes, in the format that the scraper accepts. */
export function metricsRoutes(collect: () => Promise<readonly Snapshot[]>): Hono {
  return new Hono()
    .get('/metrics', async ({ req }) => {
      const format = chooseFormat(req.header('Accept'))
      const body = new TextEncoder().encode(await writeMetrics(await collect(), format))
      return new Response(req.method === 'HEAD' ? null : body, {
        headers: {
          'Content-Type': format,
          'Content-Length': String(body.byteLength),
          'Cache-Control': 'no-store',
          'X-Content-Type-Options': 'nosniff',
          Vary: 'Accept',
        },
      })
    })
    .on(METHOD_NAME_ALL, '/metrics', ({ req }, next) => {
      const plan = planMethod(req.method)
      return plan === undefined ? next() : Promise.resolve(new Response(null, plan))
    })
}
