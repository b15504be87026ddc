// Serves what ends in all ways, on the runtime that runs this. Prints each request, when it has ended, as a line of JSON.
import type { ByteRange, RangeSource } from '@rangekit/range-core'
import { createHandler } from '@rangekit/range-handler'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { serve } from '../../src/index.ts'

const [, , way] = process.argv
const bytes = positionBytes(16 * 1024 * 1024)
/** How long each file is, and how far it can be read. */
const FILES: Readonly<Record<string, readonly [length: number, readable: number]>> = {
  'film.bin': [300_000, 300_000],
  'long.bin': [bytes.byteLength, bytes.byteLength],
  'broken.bin': [bytes.byteLength, 1024 * 1024],
}

const source: RangeSource = {
  open(key) {
    if (key === 'dead.bin') throw new Error('The disk is dead')
    const file = FILES[key]
    if (file === undefined) return undefined
    const [completeLength, readable] = file
    const readInto = (target: Uint8Array, position: number) => {
      if (position >= readable) throw new Error('The disk broke')
      const found = bytes.subarray(position, Math.min(position + target.byteLength, completeLength))
      target.set(found)
      return found.byteLength
    }
    const read = ({ firstPos, lastPos }: ByteRange) => {
      let position = firstPos
      return new ReadableStream({
        pull(controller) {
          const piece = new Uint8Array(Math.min(100_000, lastPos + 1 - position))
          position += readInto(piece, position)
          controller.enqueue(piece)
          if (position > lastPos) controller.close()
        },
      })
    }
    return { completeLength, etag: { opaque: 'a', weak: false }, read, readInto, close() {} }
  },
}
const handler = createHandler(source, { onError() {} })

/** An endless stream that sends one piece, and then waits. */
const waiting = () => new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(100)) })

/** A stream that breaks. */
const breaking = () =>
  new ReadableStream({
    async pull(controller) {
      controller.enqueue(new Uint8Array(70_000))
      await new Promise((resolve) => setTimeout(resolve, 300))
      controller.error(new Error('The stream broke'))
    },
  })

const answers: Readonly<Record<string, () => Response | Promise<Response>>> = {
  '/page': () => new Response('a page'),
  '/pieces': () => new Response(new Blob(['in ', 'pieces']).stream()),
  '/waiting': () => new Response(waiting()),
  '/breaking': () => new Response(breaking(), { headers: { 'Content-Length': '100000' } }),
  '/nothing': () => new Response(null, { status: 204 }),
  '/never': () => new Promise(() => {}),
  '/throws': () => {
    throw new Error('The app threw')
  },
  '/rejects': () => Promise.reject(new Error('The app rejected')),
}

// The faults are printed with their requests.
console.error = () => {}
const begun = new Set<object>()
const server = await serve({
  async fetch(request) {
    return answers[new URL(request.url).pathname]?.() ?? handler(request)
  },
  port: 0,
  headTimeout: 0.4,
  fastPath: way === 'pooled',
  onRequest(served) {
    begun.add(served)
    return (ended) => {
      const { method, target, status, length, bytesSent, outcome, duration, firstByteAfter = -1 } = ended
      const cause = outcome?.kind === 'failed' ? String(outcome.cause) : undefined
      const isSound =
        begun.delete(ended) &&
        firstByteAfter <= duration &&
        Math.abs(ended.startedAt - Date.now()) < 60_000 &&
        ended.client.address === '127.0.0.1' &&
        ended.client.port > 0
      const range = ended.responseField('Content-Range')
      const agent = ended.requestField('user-agent')
      console.log(
        JSON.stringify({
          method,
          target,
          status,
          length,
          bytesSent,
          outcome: outcome?.kind,
          cause,
          range,
          agent,
          isSound,
        }),
      )
    }
  },
})
console.log(`Rangekit is serving all ends at http://127.0.0.1:${server.port}/`)
