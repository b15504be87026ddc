import { type ServedRequest, serve } from '@rangekit/server'
import { expect, it, vi } from 'vitest'
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

it.each(['/watch/a.mp4', '/api/media/a.mp4'])('says nothing of a request for %s that fails', async (path) => {
  const lines = vi.spyOn(console, 'error').mockImplementation(() => {})
  const fault = new Error('The disk is dead')
  const site = createSite({ source: { open: () => Promise.reject(fault) }, inspect: false, index: false })
  expect((await site.fetch(new Request(`http://localhost${path}?signature=x`))).status).toBe(500)
  expect(lines.mock.calls).toEqual([[fault]])
  lines.mockRestore()
})
