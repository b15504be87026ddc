import { OriginError, type OriginFault } from '@rangekit/http-source'

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
  const fault = error instanceof Error && error.cause instanceof OriginError ? error.cause : error
  if (!(fault instanceof OriginError)) {
    return isTimeout(error)
      ? `${name} did not answer within ${TRY_MS / 1000} s`
      : `${name} cannot be opened (${messageOf(error)})`
  }
  const status = fault.status === undefined ? '' : ` (${fault.status})`
  const reason = fault.fault === 'unreachable' ? reasonOf(fault) : ''
  return `${name} ${FAULTS[fault.fault]}${status}${reason}${fault.fault === 'refused' ? advice : ''}`
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}

/** The innermost cause says most: `fetch failed` says nothing. */
function reasonOf(error: Error): string {
  let cause: unknown = error
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause
  if (cause === error || !(cause instanceof Error)) return ''
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
  return ` (${code})`
}

export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ')
}
