import { fail, readSecrets } from './problem.ts'
import { type SignedLinkOptions, signedLink } from './signed-link.ts'

export interface SignFlags extends Omit<SignedLinkOptions, 'secret'> {
  readonly secretFile: string
}

/** Runs `rangekit sign`: prints a signed link. */
export async function runSign(path: string, { secretFile, ...options }: SignFlags): Promise<void> {
  const secrets = readSecrets(secretFile)
  if ('problem' in secrets) return fail(secrets.problem)
  try {
    console.log(await signedLink(path, { ...options, secret: secrets[0] }))
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error))
  }
}
