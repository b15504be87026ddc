// Serves a folder, files included that are still being written, in the way that the second argument names. `/counts` says
// how many representations were opened and closed, and `/keys` which.
import { serve as serveFetch } from '@hono/node-server'
import { fileSource } from '@rangekit/node-fs-source'
import type { RangeSource } from '@rangekit/range-core'
import { serve } from '@rangekit/server'
import { Hono } from 'hono'
import { createApp } from '../../src/index.ts'
import { type Fetch, listen } from './native.ts'

const [, , dir = '', way] = process.argv
const files = fileSource(dir, { growing: { timeout: 2000 }, revalidateAfter: 0 })
const counts = { opened: 0, closed: 0, closedAgain: 0 }
const keys: string[] = []

const source: RangeSource = {
  async open(key, options) {
    const representation = await files.open(key, options)
    if (representation === undefined) return undefined
    counts.opened++
    keys.push(key)
    let isClosed = false
    const close = representation.close.bind(representation)
    representation.close = () => {
      if (isClosed) counts.closedAgain++
      else counts.closed++
      isClosed = true
      return close()
    }
    return representation
  },
}

const app = new Hono()
  .get('/counts', ({ json }) => json(counts))
  .get('/keys', ({ json }) => json(keys))
  .route('/', createApp({ source, onError() {} }))
const fetch: Fetch = (request, info) => app.fetch(request, Object(info))

const port =
  way === 'native'
    ? await listen(fetch, serveFetch)
    : (await serve({ fetch, port: 0, fastPath: way === 'pooled' })).port
console.log(`Rangekit is serving ${dir} at http://127.0.0.1:${port}/`)
