import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * The path of a tool that npm cannot give.
 *
 * @param name the command.
 * @param debianPackage what to install for it.
 * @returns `undefined` where it is missing, after saying so.
 * @throws Error where it is missing in CI: nothing is left out there.
 */
export function findTool(name: string, debianPackage: string): string | undefined {
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable)
  if (path !== undefined) return path
  const problem = `${name} is missing; on Debian: apt-get install ${debianPackage}`
  if (process.env['CI'] === 'true') throw new Error(problem)
  console.warn(`SKIPPED: ${problem}`)
  return undefined
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
