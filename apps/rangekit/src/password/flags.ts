import { type Command, Option } from 'commander'
import { isLoopback } from '../command/addresses.ts'
import type { BannerFacts } from '../command/ready/banner.ts'
import { duration } from '../command/values/options.ts'
import { credentialsProblem, splitCredentials } from './credentials.ts'
import type { AccountPlaces } from './open-accounts.ts'

/** The options of the command that are about passwords; durations in seconds. */
export interface PasswordFlags extends AccountPlaces {
  readonly insecure?: boolean
  readonly linkLifetime?: number
}

/** How long links for players are valid, in seconds. */
export const LINK_LIFETIME = 24 * 60 * 60

/** Adds the options to the command that serves. */
export function addPasswordFlags(command: Command): Command {
  return command
    .optionsGroup('Access:')
    .option('--secret-file <file>', 'serve signed links only; one secret per line, the first one signs')
    .addOption(
      new Option(
        '--auth <user:password>',
        'ask for a user and a password; safer in the environment, which other users do not see; repeatable',
      )
        .env('RANGEKIT_AUTH')
        // Checked later: what is wrong here would be printed, with the password.
        .argParser((text, others: readonly string[] = []) => [...others, text]),
    )
    .option('--auth-file <file>', 'the same for lines user:hash, as rangekit hash and htpasswd -B write them')
    .addOption(
      new Option(
        '--link-lifetime <duration>',
        'how long the links are valid that pages hand to players (default: 24h)',
      ).argParser(duration('1s', '36500d')),
    )
    .option('--insecure', 'ask for passwords over plain http, where others can listen')
    .optionsGroup('Options:')
}

/** Where the server listens, and how. */
export interface Listening {
  readonly host: string
  readonly isTls: boolean
}

/** What is wrong with the options; `undefined` if nothing is. */
export function passwordProblem(flags: PasswordFlags, { host, isTls }: Listening): string | undefined {
  const { auth = [], insecure = false, linkLifetime } = flags
  if (!asksForPassword(flags)) {
    if (insecure) return '--insecure needs --auth or --auth-file'
    if (linkLifetime !== undefined) return '--link-lifetime needs --auth or --auth-file'
    return undefined
  }
  const accounts = auth.map(splitCredentials)
  const problem = accounts.map(credentialsProblem).find((found) => found !== undefined)
  if (problem !== undefined) return `--auth expects USER:PASSWORD, or RANGEKIT_AUTH does: ${problem}`
  const users = accounts.map(({ user }) => user)
  const repeated = users.find((user, index) => users.indexOf(user) !== index)
  if (repeated !== undefined) return `--auth has two passwords for ${repeated}`
  if (isTls || insecure || isLoopback(host)) return undefined
  return `others can read a password that is sent to ${host} over plain http: add --tls self or --tls-cert and --tls-key, listen on 127.0.0.1 behind a proxy with TLS, or add --insecure`
}

/** Whether the options ask for a password. */
export function asksForPassword({ auth, authFile }: PasswordFlags): boolean {
  return auth !== undefined || authFile !== undefined
}

/** Who may log in, for people; `undefined` if the options ask for no password. */
export function accountNames(flags: PasswordFlags): BannerFacts['login'] {
  if (!asksForPassword(flags)) return undefined
  const { auth = [], authFile } = flags
  return { users: auth.map((text) => splitCredentials(text).user), file: authFile }
}
