import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { itFails, shelfWith } from '../../test/support/shelf.ts'
import { closingChecks } from './closing-checks.ts'

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
  it('passes a source that heeds the signal of readInto', async () => {
    const heeding = shelfWith(() => ({
      async readInto(_target, _position, options) {
        const signal = options?.signal
        await turn()
        signal?.throwIfAborted()
        throw new Error('The signal was not aborted')
      },
    }))
    const check = closingChecks(heeding).find(({ name }) => name.includes('into a buffer'))
    await expect(check?.run()).resolves.toBeUndefined()
  })
})
