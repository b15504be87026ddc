// Serves what is still being written, on workerd: `live` and `known`, whose rest comes in pieces, `failing` and
// `failing-known`, whose writers give up in the middle, and `endless`, whose rest never comes. `left` and
// `left-known` come so slowly that a client leaves before their end.
import type { ByteRange, Representation } from '@rangekit/range-core'
import { createHandler } from '@rangekit/range-handler'
import { growingBytes, LENGTH, THERE } from './growing-bytes.ts'

const MIDDLE = (THERE + LENGTH) / 2
const PIECE = 10_000
/** Milliseconds before each piece that is still to come. */
const PAUSES: Readonly<Record<string, number>> = { endless: 30_000, left: 500, 'left-known': 500 }

/** How often what has this name was closed. */
const closes: Record<string, number> = {}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

class Growing implements Representation {
  readonly completeLength: number | undefined
  readonly contentType = 'video/mp4'
  readonly etag = { opaque: 'growing', weak: false }
  readonly isComplete = false
  readonly frontier = THERE
  readonly #name: string

  constructor(name: string) {
    this.#name = name
    this.completeLength = name.endsWith('known') ? LENGTH : undefined
  }

  read({ firstPos, lastPos }: ByteRange): ReadableStream<Uint8Array<ArrayBuffer>> {
    const name = this.#name
    const end = Math.min(lastPos + 1, LENGTH)
    let position = firstPos
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        if (position >= THERE) await sleep(PAUSES[name] ?? 5)
        if (name.startsWith('failing') && position >= MIDDLE) throw new Error('The writer gave up')
        const next = Math.min(position + PIECE, position < THERE ? THERE : LENGTH, end)
        if (next > position) controller.enqueue(growingBytes(position, next - 1))
        position = next
        if (position === end) controller.close()
      },
    })
  }

  close(): void {
    closes[this.#name] = (closes[this.#name] ?? 0) + 1
  }
}

const NAMES = ['live', 'known', 'failing', 'failing-known', 'endless', 'left', 'left-known']

const handler = createHandler(
  { open: (key) => (NAMES.includes(key) ? new Growing(key) : undefined) },
  { key: (request) => new URL(request.url).pathname.slice(1), onError() {} },
)

export default {
  async fetch(request: Request): Promise<Response> {
    return new URL(request.url).pathname === '/closes' ? Response.json(closes) : handler(request)
  },
}
