import type { OpenOptions } from '@rangekit/range-core'
import { describe } from 'vitest'
import { itFails, Shelf, shelfWith, slice } from '../../test/support/shelf.ts'

describe('signalChecks', () => {
  itFails([
    [
      'releasing what it holds where open was aborted',
      new (class extends Shelf {
        override open(key: string, options?: OpenOptions) {
          if (options?.signal?.aborted) this.held++
          return super.open(key)
        }
      })(),
      'opens or throws when the signal of open is aborted, and holds nothing after that',
      'Expected as many held resources as before everything was closed, got 1 more',
    ],
    [
      'the whole range to a read that was aborted',
      shelfWith((_, bytes) => ({
        read: ({ firstPos, lastPos }, options) =>
          slice(bytes, firstPos, options?.signal?.aborted ? lastPos - 1 : lastPos),
      })),
      'delivers the whole range or fails when the signal is aborted before the read',
      'Bytes 0-700000 of 700001: expected 700001 bytes, got 700000',
    ],
  ])
})
