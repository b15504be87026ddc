import { describe } from 'vitest'
import { itFails, shelfWith } from '../../test/support/shelf.ts'

describe('closingChecks', () => {
  itFails([
    [
      'letting go',
      shelfWith(() => ({ close() {} })),
      'is closed exactly once when the whole was read',
      '1 more are held than before, long after everything was closed',
    ],
    [
      'letting go of what was never sent',
      shelfWith(() => ({ close() {} })),
      'is closed exactly once, and not read, when its response was never sent',
      '1 more are held than before, long after everything was closed',
    ],
    [
      'the bytes of a read during which it was closed',
      shelfWith(() => ({ readInto: async (target) => target.byteLength })),
      'is closed exactly once, after the read, when a server closes it that reads it into a buffer',
      'Bytes 5000-5999 of 700001: expected 1 at position 5000, got 0',
    ],
  ])
})
