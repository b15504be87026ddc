import { expect, vi } from 'vitest'

/**
 * Waits until a map has exactly the requests that were seen on the wire by then, in their order. A player may ask at any
 * time, so both are looked at again each time.
 */
export async function showsAll(
  shown: () => Promise<readonly string[]>,
  asked: () => readonly (string | undefined)[],
): Promise<void> {
  await vi.waitFor(async () => expect(await shown()).toEqual(asked()), { timeout: 10_000 })
}
