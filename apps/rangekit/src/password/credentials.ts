/** User names and passwords, and how a request carries them: the Basic scheme (RFC 7617), in UTF-8. */

export interface Credentials {
  readonly user: string
  readonly password: string
}

/** bcrypt ignores what follows after this many bytes: longer passwords are refused. */
export const MAX_PASSWORD = 72
const MAX_USER = 255

/** What a response with status 401 asks for (RFC 7617 §2). */
export const CHALLENGE = 'Basic realm="rangekit", charset="UTF-8"'

const BASIC = /^Basic +([\w+/-]+={0,2})$/i
const CONTROLS = /\p{Cc}/u

/**
 * The credentials in the value of Authorization; `undefined` if there are none that an account could have.
 *
 * Composed and decomposed letters are the same (NFC, as in the profiles that RFC 7617 §2.1 names).
 */
export function readBasic(authorization: string): Credentials | undefined {
  const [, token] = BASIC.exec(authorization) ?? []
  const text = token && decode(token)
  if (!text?.includes(':')) return undefined
  const credentials = splitCredentials(text)
  return credentialsProblem(credentials) === undefined ? credentials : undefined
}

/** Splits `USER:PASSWORD` at its first colon: a password may contain others. */
export function splitCredentials(text: string): Credentials {
  const [user = '', ...rest] = text.normalize('NFC').split(':')
  return { user, password: rest.join(':') }
}

/** Why no account can have these credentials; `undefined` if one can. Does not repeat the password. */
export function credentialsProblem({ user, password }: Credentials): string | undefined {
  return userProblem(user) ?? passwordProblem(password)
}

/** Why this cannot be the name of a user. */
export function userProblem(user: string): string | undefined {
  if (user === '') return 'the user name is empty'
  if (user.includes(':') || CONTROLS.test(user) || user.length > MAX_USER)
    return `a user name has at most ${MAX_USER} characters, no colon and no control characters`
  return undefined
}

/** Why this cannot be a password. */
export function passwordProblem(password: string): string | undefined {
  if (password === '') return 'the password is empty'
  if (CONTROLS.test(password)) return 'a password has no control characters'
  if (new TextEncoder().encode(password).byteLength > MAX_PASSWORD)
    return `a password has at most ${MAX_PASSWORD} bytes`
  return undefined
}

function decode(token: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(token, 'base64'))
  } catch {
    return undefined
  }
}
