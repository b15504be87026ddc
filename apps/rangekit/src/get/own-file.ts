import { type FileHandle, stat } from 'node:fs/promises'

/**
 * Whether an open file is still the one at a path: two downloads that begin at the same moment do not see each other, and
 * the later one replaces the file of the earlier one.
 */
export async function isAt(handle: FileHandle, path: string): Promise<boolean> {
  const [ours, there] = await Promise.all([
    handle.stat({ bigint: true }),
    stat(path, { bigint: true }).catch(() => undefined),
  ])
  return ours.ino === there?.ino && ours.dev === there.dev
}

/** @throws Error if it is not. */
export async function expectAt(handle: FileHandle, path: string): Promise<void> {
  if (!(await isAt(handle, path))) throw new Error(`another process has replaced or removed ${path}`)
}
