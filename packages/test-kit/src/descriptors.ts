import { expect } from 'vitest'
import { openBelow } from './processes.ts'

/** Waits until a process has nothing open below a folder: about a second, and time for a busy machine. */
export async function expectNothingOpen(pid: number, folder: string): Promise<void> {
  await expect.poll(() => openBelow(pid, folder), { interval: 50 }).toEqual([])
}
