import { signUrl } from '@rangekit/range-handler'
import { renderUnicodeCompact } from 'uqr'
import manifest from '../../../package.json' with { type: 'json' }
import type { Place } from '../../place/place.ts'
import { isLoopback, reachableHosts } from '../addresses.ts'
import { type BannerFacts, renderBanner, shellWord } from './banner.ts'

/** For how many hours the links of the banner are valid where links are signed. */
const VALID_HOURS = 12

/** A server that is ready. */
export interface ReadyServer {
  readonly place: Pick<Place, 'name' | 'survey'>
  /** Where repeats come from; `undefined` if there is no cache. */
  readonly cache: string | undefined
  readonly host: string
  readonly port: number
  /** Whether its URLs are https. */
  readonly isSecure: boolean
  /** The SHA-256 of a certificate that nobody else vouches for; `undefined` if there is none. */
  readonly fingerprint: string | undefined
  /** The port that sends clients of plain http to https; `undefined` if there is none. */
  readonly redirectPort: number | undefined
  /** Where metrics are read: a URL, or a path on this server; `undefined` if nothing is measured. */
  readonly metrics: string | undefined
  /** Who may log in; `undefined` if no password is needed. */
  readonly login: BannerFacts['login']
  /** Signs the links that are shown; `undefined` where links are not signed. */
  readonly secret: string | undefined
  /** Whether to show a QR code of an address that other machines reach. */
  readonly qr: boolean
  /** The arguments that follow `rangekit`; `undefined` if they have something to keep secret. */
  readonly args: readonly string[] | undefined
  /** Whether what is served is among the arguments. */
  readonly hasPlace: boolean
}

/** Prints that the server is ready: to a person what to do next, to a script one line that it can wait for. */
export async function announce(server: ReadyServer): Promise<void> {
  console.log(process.stdout.isTTY ? await describe(server) : readyLine(server))
}

function readyLine({ place, metrics, ...server }: ReadyServer): string {
  const { host, fingerprint, redirectPort } = server
  const inUrl = host.includes(':') ? `[${host}]` : host
  return [
    `Rangekit is serving ${place.name} at ${originOf(inUrl, server)}/`,
    // A script learns the port that was picked; the path needs no saying.
    metrics?.startsWith('http') ? `Metrics are at ${metrics}` : undefined,
    redirectPort === undefined ? undefined : `Redirects are at http://${inUrl}:${redirectPort}/`,
    fingerprint === undefined ? undefined : `The SHA-256 of the certificate is ${fingerprint}`,
  ]
    .filter((line) => line !== undefined)
    .join('\n')
}

async function describe(server: ReadyServer): Promise<string> {
  const { place, cache, host, metrics, fingerprint, redirectPort, login, secret, qr } = server
  const { name = place.name, holds, example: key, hint } = await place.survey()
  const hosts = reachableHosts(host)
  const link = (url: string) =>
    secret === undefined ? url : signUrl(url, { secret, expiresIn: VALID_HOURS * 60 * 60 })
  const open = await Promise.all(hosts.map((each) => link(`${originOf(each, server)}/`)))
  const example = key && `${originOf(hosts[0] ?? host, server)}/api/stream/${pathOf(key)}`
  const banner = renderBanner({
    version: manifest.version,
    place: name,
    holds,
    hint,
    cache,
    metrics,
    fingerprint,
    redirects: redirectPort === undefined ? undefined : `http://${hosts[0] ?? host}:${redirectPort}/`,
    login,
    open,
    example: example && (await link(example)),
    share: isLoopback(host) ? shareCommand(server) : undefined,
    validFor: secret && `${VALID_HOURS} hours`,
  })
  return qr
    ? `${banner}\n\n${qrCode(open.filter((_, index) => !isLoopback(hosts[index] ?? host))[0])}`
    : banner
}

function originOf(host: string, { port, isSecure }: Pick<ReadyServer, 'port' | 'isSecure'>): string {
  return `${isSecure ? 'https' : 'http'}://${host}:${port}`
}

/** The path of a key in a URL that a shell leaves alone. */
function pathOf(key: string): string {
  const encode = (segment: string) =>
    encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  return key.split('/').map(encode).join('/')
}

/** The command that ran this server, with an address that other machines reach. */
function shareCommand({ args, hasPlace, isSecure, login }: ReadyServer): string | undefined {
  if (args === undefined) return undefined
  // `npm start` of a checkout sets the first one; npm sets the second one for `npx`.
  const { RANGEKIT_COMMAND, npm_command } = process.env
  const command = RANGEKIT_COMMAND ?? (npm_command === 'exec' ? 'npx rangekit' : 'rangekit')
  const folder = hasPlace ? [] : ['~/Videos']
  // A password is not asked for over plain http there.
  const tls = login !== undefined && !isSecure ? ['--tls', 'self'] : []
  return [command, ...[...folder, ...args, '--host', '0.0.0.0', ...tls].map(shellWord)].join(' ')
}

function qrCode(url: string | undefined): string {
  if (url === undefined)
    return 'There is no address for a QR code that another machine reaches: add --host 0.0.0.0'
  // Black on white, whatever the colours of the terminal are.
  const rows = renderUnicodeCompact(url, { border: 2 }).split('\n')
  return rows.map((row) => `\x1b[97;40m${row}\x1b[0m`).join('\n')
}
