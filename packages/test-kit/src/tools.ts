import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Finds a tool that npm cannot install.
 *
 * @param name its command.
 * @param debianPackage the package to install for it.
 * @returns its path; `undefined` if it is missing, after a warning.
 * @throws Error if it is missing in CI, where no test is skipped.
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
