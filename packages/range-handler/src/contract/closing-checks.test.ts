import { describe } from 'vitest'
import { itFails, shelfWith } from '../../test/support/shelf.ts'

describe('closingChecks', () => {
  itFails([
    [
      'releasing what it holds',
      shelfWith(() => ({ close() {} })),
      'is closed exactly once when everything was read',
      'Expected as many held resources as before everything was closed, got 1 more',
    ],
    [
      'releasing what was never sent',
      shelfWith(() => ({ close() {} })),
      'is closed exactly once, and not read, when its response was never sent',
      'Expected as many held resources as before everything was closed, got 1 more',
    ],
    [
      'the right bytes of a read during which it was closed',
      shelfWith(() => ({ readInto: async (target) => target.byteLength })),
      'is closed exactly once, after the read, when a server ends it while reading it into a buffer',
      'Bytes 5000-5999 of 700001: expected 1 at position 5000, got 0',
    ],
  ])
})
