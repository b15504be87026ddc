import { X509Certificate } from 'node:crypto'
import { hostname } from 'node:os'
import { reachableHosts } from '../command/addresses.ts'
import { keepState, readState, replaceState, stateFolder } from '../command/state-folder.ts'
import type { Problem } from '../place/place.ts'
import type { PemPair } from './make-certificate.ts'
import { canonicalName } from './names.ts'

const DAY = 24 * 60 * 60 * 1000
/** Apple's systems accept no longer validity of a certificate that a user has installed than 825 days. */
const VALID_DAYS = 800
/** A certificate is replaced when it is valid for less than this. */
const RENEW_DAYS = 30
/** Names of earlier networks stay, so that a laptop that returns to one needs no new certificate. At most this many. */
const MAX_NAMES = 40

const FILE = 'self-signed.pem'

/** What a certificate must be good for. */
export interface Wanted {
  /** Host names and addresses. */
  readonly names: readonly string[]
  /** In milliseconds since 1970. */
  readonly now: number
}

/** By which names clients reach this machine when the server listens on `host`. */
export function ownNames(host: string): readonly string[] {
  const local = hostname().toLowerCase()
  const addresses = [host, '0.0.0.0', '::'].flatMap((each) => reachableHosts(each))
  const bare = addresses.map((address) => address.replace(/^\[(.*)\]$/, '$1'))
  const names = ['localhost', ...bare, ...(local.includes('.') ? [local] : [local, `${local}.local`])]
  // What else the system calls itself may be no name for a certificate.
  return [...new Set(names)].filter((name) => /^[\da-z:.-]{1,253}$/i.test(name))
}

/**
 * The self-signed certificate of this user, from the state folder. It is made if there is none, and again if it expires
 * within a month or lacks a name.
 *
 * @returns why there is none, if it cannot be kept: clients would see another one after each start.
 */
export async function ownCertificate(wanted: Wanted, folder = stateFolder()): Promise<PemPair | Problem> {
  const text = readState(FILE, folder) ?? (await keepFirst(wanted, folder))
  if (text === undefined) return { problem: `the certificate of --tls self cannot be kept in ${folder}` }
  const kept = parse(text)
  if (kept !== undefined && isGood(kept, wanted)) return kept
  const pair = await make(wanted, kept === undefined ? [] : namesOf(kept.cert))
  if (!replaceState(FILE, textOf(pair), folder))
    return { problem: `the certificate of --tls self cannot be replaced in ${folder}` }
  return pair
}

/** The SHA-256 of a certificate, as browsers show it. */
export function fingerprintOf(cert: string | Uint8Array): string {
  return new X509Certificate(cert).fingerprint256
}

async function keepFirst(wanted: Wanted, folder: string): Promise<string | undefined> {
  const text = textOf(await make(wanted, []))
  return keepState(FILE, () => text, folder)
}

async function make({ names, now }: Wanted, earlier: readonly string[]): Promise<PemPair> {
  // Half a megabyte, which only runs when there is something to make.
  const { makeCertificate } = await import('./make-certificate.ts')
  // A client's clock may be late.
  const [notBefore, notAfter] = [new Date(now - DAY), new Date(now + VALID_DAYS * DAY)]
  return makeCertificate({
    names: [...new Set([...names, ...earlier])].slice(0, MAX_NAMES),
    notBefore,
    notAfter,
  })
}

function textOf({ cert, key }: PemPair): string {
  return key + cert
}

function parse(text: string): PemPair | undefined {
  const [key, cert] = ['PRIVATE KEY', 'CERTIFICATE'].map(
    (label) => new RegExp(`-----BEGIN ${label}-----[^]*?-----END ${label}-----\n`).exec(text)?.[0],
  )
  return key === undefined || cert === undefined ? undefined : { key, cert }
}

function isGood({ cert }: PemPair, { names, now }: Wanted): boolean {
  try {
    const kept = new Set(namesOf(cert))
    const isValid = new X509Certificate(cert).validToDate.getTime() > now + RENEW_DAYS * DAY
    return isValid && names.every((name) => kept.has(canonicalName(name)))
  } catch {
    return false
  }
}

/** The names of a certificate; none if it cannot be read. */
function namesOf(cert: string): readonly string[] {
  try {
    const names = new X509Certificate(cert).subjectAltName ?? ''
    return names.split(', ').map((name) => canonicalName(name.replace(/^(?:DNS|IP Address):/, '')))
  } catch {
    return []
  }
}
