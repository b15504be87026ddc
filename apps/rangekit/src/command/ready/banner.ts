/** What {@link renderBanner} shows. */
export interface BannerFacts {
  readonly version: string
  /** What is served, as people write it. */
  readonly place: string
  /** What it holds, in a few words. */
  readonly holds: string
  /** URLs of the library page, that of this machine first. */
  readonly open: readonly string[]
  /** The URL of a file; `undefined` if none is known. */
  readonly example: string | undefined
  /** What to do where there is no file to try. */
  readonly hint: string | undefined
  /** Where repeats come from; `undefined` if there is no cache. */
  readonly cache: string | undefined
  /** Where metrics are read: a URL, or a path below those of `open`; `undefined` if nothing is measured. */
  readonly metrics?: string | undefined
  /** The SHA-256 of a certificate that nobody else vouches for; `undefined` if there is none. */
  readonly fingerprint?: string | undefined
  /** The URL that sends clients to https; `undefined` if there is none. */
  readonly redirects?: string | undefined
  /** Who may log in: names, or the file that has them; `undefined` if no password is needed. */
  readonly login?: { readonly users: readonly string[]; readonly file: string | undefined } | undefined
  /** The command that shares it with other machines; `undefined` where this one does. */
  readonly share: string | undefined
  /** For how long the URLs are valid; `undefined` if they are not signed. */
  readonly validFor: string | undefined
}

/** Renders what a terminal shows once the server is ready, without the last line break. */
export function renderBanner(facts: BannerFacts): string {
  const { version, place, holds, open, example, hint, cache, metrics, share, validFor } = facts
  const { fingerprint, redirects, login } = facts
  const rows: readonly (readonly [label: string, text: string | undefined])[] = [
    ...open.map((url) => ['Open', url] as const),
    ['Http', redirects && `${redirects} redirects to https`],
    // Two lines: a terminal may break it anywhere else, and it is compared by eye.
    ...halves(fingerprint).map((half, index) => [index === 0 ? 'Print' : '', half] as const),
    ['Valid', validFor && `for ${validFor}; the links are signed`],
    ['Login', login && describeLogin(login)],
    ['Cache', cache],
    ['Try', example === undefined ? hint : `curl -ir 0-1 ${userOption(login)}${shellWord(example)}`],
    ['Metrics', metrics],
    ['Share', share],
  ]
  return [
    `Rangekit ${version}   ${visible(place)}   ${holds}`,
    ...rows.flatMap(([label, text]) => (text === undefined ? [] : [`  ${label.padEnd(7)}  ${text}`])),
  ].join('\n')
}

function describeLogin({ users, file }: NonNullable<BannerFacts['login']>): string {
  const accounts = [...users, ...(file === undefined ? [] : [`an account of ${file}`])]
  return `as ${visible(accounts.join(', or '))}; players get links that need no password`
}

/** curl asks for the password. */
function userOption(login: BannerFacts['login']): string {
  return login === undefined ? '' : `-u ${shellWord(login.users[0] ?? 'USER')} `
}

/** A fingerprint in two lines of equal length; none without one. */
function halves(fingerprint: string | undefined): readonly string[] {
  if (fingerprint === undefined) return []
  const middle = Math.ceil(fingerprint.length / 2)
  return [`SHA-256 ${fingerprint.slice(0, middle)}`, `        ${fingerprint.slice(middle)}`]
}

/** Control characters could move the cursor or make colours: the replacement character stands for them. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')
}

/** A text as one word of a POSIX shell, in quotes only where it needs them. A leading `~/` keeps its meaning. */
export function shellWord(text: string): string {
  if (/^(?:~\/)?[\w@%+=:,./-]+$/.test(text)) return text
  return `'${text.replaceAll("'", "'\\''")}'`
}
