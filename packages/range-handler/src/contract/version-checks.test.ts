import { describe } from 'vitest'
import { itFails, shelfWith, slice } from '../../test/support/shelf.ts'

describe('versionChecks', () => {
  itFails([
    [
      'the version that was opened',
      shelfWith((_good, bytes, key, shelf) => ({
        read: ({ firstPos, lastPos }) => slice(shelf.store.get(key) ?? bytes, firstPos, lastPos),
      })),
      'delivers the version that it opened, or fails, after it was replaced by one of the same length',
      'Bytes 0-99 of 700001: expected 1 at position 0, got 2',
    ],
    [
      'the length that was opened',
      shelfWith((_good, _bytes, key, shelf) => ({
        get completeLength() {
          return shelf.store.get(key)?.byteLength ?? 0
        },
      })),
      'delivers the version that it opened, or fails, after it was replaced by a shorter one',
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
      'delivers the version that it opened, or fails, when it is replaced in mid-stream',
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
      'opens one version while it is replaced again and again, never a mix of two',
      ': expected ',
    ],
    [
      'a strong tag for each version',
      shelfWith((_, bytes) => ({ etag: { opaque: String(bytes.byteLength), weak: false } })),
      'gives no two versions the same strong tag',
      '"1000" is strong, but was given to two versions',
    ],
  ])
})
