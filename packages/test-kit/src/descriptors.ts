import { expect } from 'vitest'
import { openBelow } from './processes.ts'

/** Waits until a process has no file open below a folder, for as long as `expect.poll` does by default. */
export async function expectNothingOpen(pid: number, folder: string): Promise<void> {
  await expect.poll(() => openBelow(pid, folder), { interval: 50 }).toEqual([])
}
