import { accessSync, constants, readFileSync, statSync } from 'node:fs'

/** Says in one clear line what is wrong, and makes the command end with exit code 1. */
export function refuse(problem: string): void {
  console.error(`rangekit: ${problem}`)
  process.exitCode = 1
}

/** What is wrong with a folder that is to be served, if anything is. */
export function folderProblem(dir: string): string | undefined {
  try {
    if (!statSync(dir).isDirectory()) return `${dir} is not a folder`
    accessSync(dir, constants.R_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? `there is no folder ${dir}` : `the folder ${dir} cannot be read`
  }
}

/** What is wrong where a server cannot listen. */
export function listenProblem(error: unknown, host: string, port: number): string {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return `port ${port} is taken; choose another with --port`
    case 'EACCES':
      return `port ${port} is not allowed to this user; choose another with --port`
    default:
      return `cannot listen on ${host}:${port} (${error instanceof Error ? error.message : String(error)})`
  }
}

/** The secrets in a file, one a line, or what is wrong with it. */
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

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
