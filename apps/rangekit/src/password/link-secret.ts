import { createHmac, randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { keepState } from '../command/state-folder.ts'
import { isWorker } from '../command/workers.ts'
import type { Place } from '../place/place.ts'

/** What workers find the secret in: they may not be able to read it, and must not make another one each. */
const VARIABLE = 'RANGEKIT_LINK_SECRET'

/**
 * The secret that pages sign links with where there is a password and no secret file. It is random, and kept between
 * starts: links stay valid. Where it cannot be kept, they are valid until the command ends. Each place has another one,
 * so that a link opens nothing on another server of the same user.
 */
export function linkSecret({ isRemote, scope }: Pick<Place, 'isRemote' | 'scope'>): string {
  const make = () => randomBytes(32).toString('base64url')
  const secret =
    (isWorker && process.env[VARIABLE]) || (keepState('link-secret', make) ?? '').trim() || make()
  // For the workers of this process.
  process.env[VARIABLE] = secret
  return createHmac('sha256', secret)
    .update(isRemote ? scope : resolve(scope))
    .digest('base64url')
}
