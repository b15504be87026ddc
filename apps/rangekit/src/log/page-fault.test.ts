import { type ServedRequest, serve } from '@rangekit/server'
import { expect, it } from 'vitest'
import { createSite } from '../site.ts'

it('knows why a page is a 500', async () => {
  const open = () => Promise.reject(new Error('The disk is dead'))
  const site = createSite({ source: { open }, inspect: false, index: false, onError() {} })
  const ended: ServedRequest[] = []
  const server = await serve({
    fetch: site.fetch,
    port: 0,
    onRequest: (served) => () => void ended.push(served),
  })
  const response = await fetch(`http://127.0.0.1:${server.port}/watch/a.mp4`)
  expect(response.status).toBe(500)
  await response.arrayBuffer()
  await server.stop(1)
  expect(ended).toMatchObject([
    { status: 500, outcome: { kind: 'failed', cause: new Error('The disk is dead') } },
  ])
})
