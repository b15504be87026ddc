import { OriginError } from '@rangekit/http-source'
import { errorCode } from '@rangekit/node-fs-source/read'
import { rootCause } from '../command/problem.ts'
import type { DownloadState } from './get-options.ts'

/** What the system says, in other words. */
const SYSTEM: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left for it',
  EACCES: 'it may not be written there',
  EROFS: 'it may not be written there',
  ENOENT: 'there is no such folder',
  EISDIR: 'there is a folder of that name',
  EPIPE: 'the reader of the output left',
}

/** Why a download failed, on one line. */
export function getProblem(error: unknown, { name }: DownloadState): string {
  if (!(error instanceof Error)) return String(error)
  const system = SYSTEM[errorCode(error)]
  if (system !== undefined && !(error instanceof OriginError)) return `${name}: ${system}`
  const cause = rootCause(error)
  const reason = cause === error ? '' : ` (${errorCode(cause) || cause.message})`
  return `${error.message}${reason}`.replaceAll(/\s*\n\s*/g, ' ')
}
