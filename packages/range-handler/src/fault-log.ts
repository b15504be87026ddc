import { SourceBusyError } from '@rangekit/range-core'

/** The shortest time between two lines about a busy source, in milliseconds. */
const QUIET = 1000

let nextBusyLine = 0
let leftOut = 0

/**
 * Writes a fault to the console. A busy source fails many requests at once, and a stack for each would make it worse:
 * at most one line a second in the whole process, with the number of lines left out since the last.
 */
export function logFault(error: unknown): void {
  if (!(error instanceof SourceBusyError)) {
    console.error(error)
    return
  }
  const now = Date.now()
  if (now < nextBusyLine && nextBusyLine - now <= QUIET) {
    leftOut++
    return
  }
  console.error(`${describe(error)}${leftOut > 0 ? `, and ${leftOut} more since the last such line` : ''}`)
  nextBusyLine = now + QUIET
  leftOut = 0
}

function describe({ name, message, cause }: SourceBusyError): string {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? ` (${cause.code})` : ''
  return `${name}: ${message}${code}`.replace(/[\r\n]+/g, ' ')
}
