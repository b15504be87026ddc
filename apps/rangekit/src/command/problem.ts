import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { errorCode } from '@rangekit/node-fs-source/read'

/** Prints what is wrong on one line of stderr, and makes the command end with exit code 1. */
export function fail(problem: string): void {
  console.error(`rangekit: ${problem}`)
  process.exitCode = 1
}

/** Why a folder cannot be served; `undefined` if it can. */
export function folderProblem(dir: string): string | undefined {
  try {
    if (!statSync(dir).isDirectory()) return `${dir} is not a folder`
    accessSync(dir, constants.R_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? `there is no folder ${dir}` : `the folder ${dir} cannot be read`
  }
}

/**
 * Describes an error of `listen`.
 *
 * @param flag the option that chooses the port. Default: `--port`.
 */
export function listenProblem(error: unknown, host: string, port: number, flag = '--port'): string {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return `port ${port} is taken; choose another with ${flag}`
    case 'EACCES':
      return `this user may not listen on port ${port}; choose another with ${flag}`
    default:
      return `cannot listen on ${host}:${port} (${error instanceof Error ? error.message : String(error)})`
  }
}

/** Reads a file of secrets, one per line; returns them, or why it cannot be used. */
export function readSecrets(file: string): readonly [string, ...string[]] | { readonly problem: string } {
  try {
    const [first, ...others] = readFileSync(file, 'utf8')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter(Boolean)
    return first === undefined ? { problem: `the secret file ${file} is empty` } : [first, ...others]
  } catch {
    return { problem: `the secret file ${file} cannot be read` }
  }
}

/** The innermost cause of an error, which says most: `fetch failed` says nothing. */
export function rootCause(error: Error): Error {
  return error.cause instanceof Error ? rootCause(error.cause) : error
}

/** The message of an error, on one line. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ')
}
