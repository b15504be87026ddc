import { expect } from 'vitest'
import { openBelow } from './processes.ts'

/**
 * Waits until a process has no file open below a folder, for as long as `expect.poll` does by default.
 *
 * @param within the `expect` of the test, which concurrent tests need. Default: that of the current test.
 */
export async function expectNothingOpen(pid: number, folder: string, within = expect): Promise<void> {
  await within.poll(() => openBelow(pid, folder), { interval: 50 }).toEqual([])
}
