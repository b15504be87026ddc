import { describe } from 'vitest'
import { itFails, shelfWith, slice } from '../../test/support/shelf.ts'
import { streamOf } from '../../test/support/sources.ts'

describe('byteChecks', () => {
  itFails([
    [
      'the complete length',
      shelfWith(({ completeLength }) => ({ completeLength: (completeLength ?? 0) + 1 })),
      'knows the complete length of what it opens',
      'Expected 0 bytes, got 1',
    ],
    [
      'the last byte',
      shelfWith((_, bytes) => ({ read: ({ firstPos, lastPos }) => slice(bytes, firstPos, lastPos - 1) })),
      'delivers exactly the bytes of any range',
      'Bytes 0-0 of 700001: expected 1 bytes, got 0',
    ],
    [
      'a byte beyond the last',
      shelfWith((_, bytes) => ({ read: ({ firstPos, lastPos }) => slice(bytes, firstPos, lastPos + 1) })),
      'delivers exactly the bytes of any range',
      'Bytes 0-0 of 700001: expected 1 bytes, got 2',
    ],
    [
      'the right place',
      shelfWith((_, bytes) => ({
        read: ({ firstPos, lastPos }) =>
          firstPos > 0 && lastPos < bytes.byteLength - 1
            ? slice(bytes, firstPos + 1, lastPos + 1)
            : slice(bytes, firstPos, lastPos),
      })),
      'delivers exactly the bytes of any range',
      'Bytes 1-699999 of 700001: expected 0 at position 3, got 1',
    ],
    [
      'reads at once',
      shelfWith((_, bytes) => {
        let position = 0
        return {
          async read({ firstPos, lastPos }) {
            position = firstPos
            await Promise.resolve()
            return slice(bytes, position, position + lastPos - firstPos)
          },
        }
      }),
      'delivers exactly the bytes of several ranges at once',
      ': expected ',
    ],
    [
      'readInto that fills',
      shelfWith(() => ({ readInto: async () => 0 })),
      'delivers the same bytes through readInto, if it has that',
      'readInto of 1 bytes from 0 resolved to 0',
    ],
    [
      'readInto within its target',
      shelfWith(() => ({ readInto: async (target) => target.byteLength + 1 })),
      'delivers the same bytes through readInto, if it has that',
      'readInto of 1 bytes from 0 resolved to 2',
    ],
    [
      'readInto of the right bytes',
      shelfWith(() => ({ readInto: async (target) => target.byteLength })),
      'delivers the same bytes through readInto, if it has that',
      'Bytes 0-0 of 700001: expected 1 at position 0, got 0',
    ],
    [
      'bytes in memory no longer than asked for',
      shelfWith((_, bytes) => ({
        peek: (position, limit) => bytes.subarray(position, position + limit + 1),
      })),
      'has the same bytes in memory as it reads, and they never change, if it shows them',
      'peek of 1 bytes from 0 gave 2',
    ],
    [
      'the right bytes in memory',
      shelfWith((_, bytes) => ({
        peek: (position, limit) => bytes.slice(position, position + limit).fill(7),
      })),
      'has the same bytes in memory as it reads, and they never change, if it shows them',
      'Bytes 0-0 of 700001: expected 1 at position 0, got 7',
    ],
    [
      'bytes in memory that never change',
      shelfWith((_, bytes) => {
        const shown = new Uint8Array(bytes.byteLength)
        return {
          peek(position, limit) {
            shown.fill(0)
            shown.set(bytes.subarray(position, position + limit), position)
            return position < bytes.byteLength ? shown.subarray(position, position + limit) : undefined
          },
        }
      }),
      'has the same bytes in memory as it reads, and they never change, if it shows them',
      ': expected ',
    ],
    [
      'no bytes in memory past the end',
      shelfWith((_, bytes) => ({
        peek: (position, limit) =>
          position < bytes.byteLength ? bytes.subarray(position, position + limit) : new Uint8Array(1),
      })),
      'has the same bytes in memory as it reads, and they never change, if it shows them',
      'peek gave bytes past the end',
    ],
    [
      'readInto beside peek',
      shelfWith((_, bytes) => ({ readInto: undefined, peek: () => bytes.subarray(0, 1) }) as object),
      'has the same bytes in memory as it reads, and they never change, if it shows them',
      'A source with peek needs readInto as well',
    ],
    [
      'streams that can be cancelled',
      shelfWith((_, bytes) => {
        let broken = false
        return {
          read: ({ firstPos, lastPos }) => {
            if (broken) throw new Error('The last stream was cancelled')
            return streamOf([bytes.slice(firstPos, lastPos + 1), new Uint8Array(1)], () => {
              broken = true
            })
          },
        }
      }),
      'can be read again after a stream was cancelled in the middle',
      'The last stream was cancelled',
    ],
    [
      'streams that are not empty',
      shelfWith(() => ({ read: () => streamOf([]) })),
      'can be read again after a stream was cancelled in the middle',
      'The stream of a range is empty',
    ],
  ])
})
