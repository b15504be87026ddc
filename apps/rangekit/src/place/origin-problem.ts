import { OriginError, type OriginFault } from '@rangekit/http-source'
import { errorCode } from '@rangekit/node-fs-source/read'
import { messageOf, rootCause } from '../command/problem.ts'

/** How long a place may take to answer when the command starts, in milliseconds. */
export const TRY_MS = 5000

const FAULTS: Readonly<Record<OriginFault, string>> = {
  unreachable: 'cannot be reached',
  timeout: 'does not answer',
  refused: 'refuses the request',
  busy: 'is busy',
  failed: 'does not work',
  changed: 'keeps changing',
  missing: 'is gone',
  'no-ranges': 'does not send ranges',
  'no-length': 'does not say how long the file is',
  'wrong-range': 'sends another range than it is asked for',
  'wrong-length': 'sends more or less than it is asked for',
  encoded: 'sends the file compressed, although that is not asked for',
  redirected: 'redirects to another server',
}

/**
 * Says in one line why a place cannot be used.
 *
 * @param name of the place, without credentials.
 * @param advice what to do about a refusal. Default: nothing.
 */
export function originProblem(name: string, error: unknown, advice = ''): string {
  const fault = originFault(error)
  if (fault === undefined)
    return timeoutProblem(name, error) ?? `${name} cannot be opened (${messageOf(error)})`
  const status = fault.status === undefined ? '' : ` (${fault.status})`
  const reason = fault.fault === 'unreachable' ? reasonOf(fault) : ''
  return `${name} ${FAULTS[fault.fault]}${status}${reason}${fault.fault === 'refused' ? advice : ''}`
}

/** The error of the origin that an error is, or that a source has made it of. */
export function originFault(error: unknown): OriginError | undefined {
  const fault = error instanceof Error && error.cause instanceof OriginError ? error.cause : error
  return fault instanceof OriginError ? fault : undefined
}

/** What to say of a place that took longer than {@link TRY_MS}; `undefined` for other errors. */
export function timeoutProblem(name: string, error: unknown): string | undefined {
  const isTimeout = error instanceof Error && error.name === 'TimeoutError'
  return isTimeout ? `${name} did not answer within ${TRY_MS / 1000} s` : undefined
}

/** Why there is no connection, if that is known. */
function reasonOf(error: Error): string {
  const cause = rootCause(error)
  return cause === error ? '' : ` (${errorCode(cause) || cause.message})`
}
