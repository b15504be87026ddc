import type { RunningServer } from '@rangekit/server'
import { messageOf } from '../command/problem.ts'
import type { Problem } from '../place/place.ts'
import { readPair, watchPair } from './certificate-files.ts'
import type { TlsFlags } from './flags.ts'
import type { PemPair } from './make-certificate.ts'
import { fingerprintOf, ownCertificate, ownNames } from './own-certificate.ts'

/** How often it is checked whether our own certificate has to be renewed, in milliseconds. */
const RENEWAL_INTERVAL = 12 * 60 * 60 * 1000

/** The certificate that a server starts with. */
export interface SiteTls {
  readonly pair: PemPair
  /** The SHA-256 of our own certificate, which nobody else vouches for; `undefined` for one from files. */
  readonly fingerprint: string | undefined
  /** Replaces the certificate of a running server when it changes. */
  keepCurrent(server: Pick<RunningServer, 'setTls'>): void
}

/** The certificate that the options ask for, why there is none, or `undefined` if they ask for plain http. */
export async function openTls(flags: TlsFlags, host: string): Promise<SiteTls | Problem | undefined> {
  const { tls, tlsCert, tlsKey } = flags
  if (tls === 'self') return openOwn(host)
  return tlsCert === undefined || tlsKey === undefined ? undefined : openFiles(tlsCert, tlsKey)
}

function openFiles(tlsCert: string, tlsKey: string): SiteTls | Problem {
  const files = { tlsCert, tlsKey }
  const pair = readPair(files)
  if ('problem' in pair) return pair
  return {
    pair,
    fingerprint: undefined,
    keepCurrent: (server) => void watchPair(files, () => replace(server, readPair(files))),
  }
}

async function openOwn(host: string): Promise<SiteTls | Problem> {
  const get = () =>
    ownCertificate({ names: ownNames(host), now: Date.now() }).catch(
      (error): Problem => ({ problem: `the certificate of --tls self cannot be made (${messageOf(error)})` }),
    )
  const pair = await get()
  if ('problem' in pair) return pair
  return {
    pair,
    fingerprint: fingerprintOf(pair.cert),
    keepCurrent(server) {
      let { cert } = pair
      const renew = async () => {
        const next = await get()
        if ('problem' in next || next.cert === cert) return
        cert = next.cert
        replace(server, next)
        console.error(`rangekit: renewed the certificate; its SHA-256 is ${fingerprintOf(cert)}`)
      }
      setInterval(renew, RENEWAL_INTERVAL).unref()
    },
  }
}

/** A server keeps the certificate that it has if the next one cannot be used. */
function replace(server: Pick<RunningServer, 'setTls'>, next: PemPair | Problem): void {
  try {
    if ('problem' in next) throw new Error(next.problem)
    server.setTls(next)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    console.error(`rangekit: keeping the earlier certificate: ${reason}`)
  }
}
