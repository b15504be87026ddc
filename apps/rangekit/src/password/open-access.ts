import type { Signed } from '../access/access.ts'
import { readSecrets } from '../command/problem.ts'
import type { LogFlags } from '../log/flags.ts'
import type { Place, Problem } from '../place/place.ts'
import type { SiteOptions } from '../site.ts'
import { asksForPassword, LINK_LIFETIME, type PasswordFlags } from './flags.ts'
import { linkSecret } from './link-secret.ts'
import { Login } from './login.ts'
import { openAccounts } from './open-accounts.ts'

/** Who may see what, as options of a site. */
export interface SiteAccess {
  readonly signed?: Signed | undefined
  readonly password?: NonNullable<SiteOptions['password']> & { readonly login: Login }
}

/** Opens what the options name: a file of secrets, accounts, or both. */
export function openAccess(
  place: Pick<Place, 'isRemote' | 'scope'>,
  flags: PasswordFlags & Pick<LogFlags, 'trustProxy'> & { readonly secretFile?: string | undefined },
): SiteAccess | Problem {
  const secrets = flags.secretFile === undefined ? undefined : readSecrets(flags.secretFile)
  if (secrets !== undefined && 'problem' in secrets) return secrets
  if (!asksForPassword(flags)) return secrets === undefined ? {} : { signed: { secrets } }
  const accounts = openAccounts(flags)
  if ('problem' in accounts) return accounts
  const { linkLifetime = LINK_LIFETIME, trustProxy } = flags
  return {
    signed: { secrets: secrets ?? [linkSecret(place)] },
    password: { login: new Login({ accounts }), linkLifetime, trusts: trustProxy },
  }
}
