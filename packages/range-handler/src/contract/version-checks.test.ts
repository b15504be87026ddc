import { describe } from 'vitest'
import { itFails, shelfWith, slice } from '../../test/support/shelf.ts'

describe('versionChecks', () => {
  itFails([
    [
      'the version that was opened',
      shelfWith((_good, bytes, key, shelf) => ({
        read: ({ firstPos, lastPos }) => slice(shelf.store.get(key) ?? bytes, firstPos, lastPos),
      })),
      'delivers the version that it opened, or fails, after another of the same length took its place',
      'Bytes 0-99 of 700001: expected 1 at position 0, got 2',
    ],
    [
      'the length that was opened',
      shelfWith((_good, _bytes, key, shelf) => ({
        get completeLength() {
          return shelf.store.get(key)?.byteLength ?? 0
        },
      })),
      'delivers the version that it opened, or fails, after a shorter one took its place',
      'Expected a representation of 700001 bytes, got 1000',
    ],
    [
      'the version in mid-stream',
      shelfWith((_good, bytes, key, shelf) => ({
        read({ firstPos, lastPos }) {
          let position = firstPos
          return new ReadableStream(
            {
              pull(controller) {
                if (position > lastPos) return controller.close()
                const end = Math.min(position + 100_000, lastPos + 1)
                controller.enqueue(
                  (position === 0 ? bytes : (shelf.store.get(key) ?? bytes)).slice(position, end),
                )
                position = end
              },
            },
            { highWaterMark: 0 },
          )
        },
      })),
      'delivers the version that it opened, or fails, when another takes its place in mid-stream',
      'expected 1 at position 100000, got 2',
    ],
    [
      'one version while they change quickly',
      shelfWith((_good, bytes, key, shelf) => ({
        async read({ firstPos, lastPos }) {
          await new Promise((resolve) => setTimeout(resolve, 5))
          const now = key === 'contract/busy.bin' ? (shelf.store.get(key) ?? bytes) : bytes
          return slice(now, firstPos, lastPos)
        },
      })),
      'opens one version or another while they follow one another quickly, never a mix',
      ': expected ',
    ],
    [
      'a strong tag for each version',
      shelfWith((_, bytes) => ({ etag: { opaque: String(bytes.byteLength), weak: false } })),
      'gives no two versions the same strong tag',
      '"1000" is strong, and stands for two versions',
    ],
  ])
})
