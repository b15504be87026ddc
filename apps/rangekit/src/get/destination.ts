import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { downloadName } from './file-name.ts'

/**
 * Where a download goes: the file that was named, a file in the folder that was named, or one in this folder.
 *
 * @param output as the user wrote it; `undefined` for the name that the server gives.
 */
export function destinationOf(
  output: string | undefined,
  url: string,
  disposition: string | undefined,
): string {
  const isFolder =
    output !== undefined &&
    (/[/\\]$/.test(output) || statSync(output, { throwIfNoEntry: false })?.isDirectory())
  if (output !== undefined && !isFolder) return output
  return join(output ?? '', downloadName(url, disposition))
}

/** @throws Error if there is something that may not be replaced. */
export function expectFree(path: string, force: boolean): void {
  if (!force && existsSync(path)) throw new Error(`${path} exists; --force replaces it`)
}
