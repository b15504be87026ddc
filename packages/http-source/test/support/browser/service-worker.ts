// Answers what a page asks for below /cached/ with films of its server, by ranges and from a cache.
import { cachedSource } from '@rangekit/block-cache'
import { createHandler } from '@rangekit/range-handler'
import { httpSource } from '../../../src/index.ts'

/** TypeScript's types of pages have none for this. */
interface Worker extends EventTarget {
  skipWaiting(): Promise<void>
  readonly clients: { claim(): Promise<void> }
}
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Fetching extends Event {
  readonly request: Request
  respondWith(response: Response | Promise<Response>): void
}

const worker = globalThis as unknown as Worker
const handler = createHandler(cachedSource(httpSource(new URL('/films/', location.href))), {
  prefix: '/cached',
})
worker.addEventListener('install', () => worker.skipWaiting())
worker.addEventListener('activate', (event) => (event as Extendable).waitUntil(worker.clients.claim()))
worker.addEventListener('fetch', (event) => {
  const { request } = event as Fetching
  if (new URL(request.url).pathname.startsWith('/cached/')) (event as Fetching).respondWith(handler(request))
})
