import { describe } from 'vitest'
import { itFails, shelfWith, slice } from '../../test/support/shelf.ts'
import { streamOf } from '../../test/support/sources.ts'

describe('byteChecks', () => {
  itFails([
    [
      'the complete length',
      shelfWith(({ completeLength }) => ({ completeLength: completeLength + 1 })),
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
