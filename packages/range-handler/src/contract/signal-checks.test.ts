import type { OpenOptions } from '@rangekit/range-core'
import { describe } from 'vitest'
import { itFails, Shelf, shelfWith, slice } from '../../test/support/shelf.ts'

describe('signalChecks', () => {
  itFails([
    [
      'letting go where open was aborted',
      new (class extends Shelf {
        override open(key: string, options?: OpenOptions) {
          if (options?.signal?.aborted) this.held++
          return super.open(key)
        }
      })(),
      'opens or throws, and holds nothing, where the signal of open is aborted',
      '1 more are held than before, long after everything was closed',
    ],
    [
      'the whole range to a read that was aborted',
      shelfWith((_, bytes) => ({
        read: ({ firstPos, lastPos }, options) =>
          slice(bytes, firstPos, options?.signal?.aborted ? lastPos - 1 : lastPos),
      })),
      'delivers the whole range or fails where the signal is aborted before the read',
      'Bytes 0-700000 of 700001: expected 700001 bytes, got 700000',
    ],
  ])
})
