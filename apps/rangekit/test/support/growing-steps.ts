import { statSync } from 'node:fs'
import { expect } from 'vitest'

/** How much of what has been asked for a client may keep to itself, in bytes, before it writes it to its file. */
const HELD_BACK = 128 * 1024

/** Waits until a client has written nearly as many bytes as it can have. Blocks: of one that leaves holes. */
export async function expectWritten(path: string, bytes: number): Promise<void> {
  await expect
    .poll(() => (statSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * 512, { interval: 5 })
    .toBeGreaterThanOrEqual(bytes - HELD_BACK)
}
