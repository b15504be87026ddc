import { readdirSync, readlinkSync } from 'node:fs'
import { expect } from 'vitest'

/** What a process has open below a folder. */
export function openBelow(pid: number, folder: string): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/${pid}/fd/${fd}`)
      return target.startsWith(folder) ? [target] : []
    } catch {
      // Closed in the meantime.
      return []
    }
  })
}

/** Waits until a process has nothing open below a folder: about a second, and time for a busy machine. */
export async function expectNothingOpen(pid: number, folder: string): Promise<void> {
  await expect.poll(() => openBelow(pid, folder), { timeout: 4000, interval: 50 }).toEqual([])
}
