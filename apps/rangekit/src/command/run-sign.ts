import { signUrl } from '@rangekit/range-handler'
import { fail, readSecrets } from './problem.ts'

export interface SignFlags {
  readonly secretFile: string
  readonly expiresIn: number
  readonly base: string
  readonly download: boolean
}

/** Runs `rangekit sign`: prints a signed link. */
export async function runSign(
  path: string,
  { secretFile, expiresIn, base, download }: SignFlags,
): Promise<void> {
  const secrets = readSecrets(secretFile)
  if ('problem' in secrets) return fail(secrets.problem)
  try {
    const url = new URL(
      isTarget(path) ? path : `/api/stream/${path.split('/').map(encodeURIComponent).join('/')}`,
      base,
    )
    if (download) url.searchParams.set('download', '')
    console.log(await signUrl(url, { secret: secrets[0], expiresIn }))
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error))
  }
}

function isTarget(path: string): boolean {
  return path.startsWith('/') || /^https?:\/\//i.test(path)
}
