import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Problem } from '../place/place.ts'
import type { PemPair } from './make-certificate.ts'

/** How often the files are looked at, in milliseconds. */
const INTERVAL = 1000

/** Where a certificate and its key are. */
export interface PairFiles {
  readonly tlsCert: string
  readonly tlsKey: string
}

/** Reads a certificate and its key, or says why they cannot be used. */
export function readPair({ tlsCert, tlsKey }: PairFiles): PemPair | Problem {
  const cert = read(tlsCert)
  if (cert === undefined) return { problem: `the certificate file ${tlsCert} cannot be read` }
  const key = read(tlsKey)
  if (key === undefined) return { problem: `the key file ${tlsKey} cannot be read` }
  const x509 = attempt(() => new X509Certificate(cert))
  if (x509 === undefined) return { problem: `${tlsCert} is not a certificate in PEM` }
  const privateKey = attempt(() => createPrivateKey(key))
  if (privateKey === undefined)
    return { problem: `${tlsKey} is not a private key in PEM, or it is encrypted` }
  if (!x509.checkPrivateKey(privateKey))
    return { problem: `the key in ${tlsKey} is not that of the certificate in ${tlsCert}` }
  return { cert, key }
}

function read(file: string): string | undefined {
  return attempt(() => readFileSync(file, 'utf8'))
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}

/**
 * Looks at the files every second, and calls `onChange` when they are not what they were. Following symbolic links, not
 * events: certbot renames links, Kubernetes swaps a folder, and a volume of a container has no events.
 *
 * The two files are seldom replaced at once. They are read when they have been the same for a second.
 *
 * @returns a function that stops it.
 */
export function watchPair({ tlsCert, tlsKey }: PairFiles, onChange: () => void): () => void {
  let known: string | undefined
  let changed: string | undefined
  let isOver = false
  const look = async () => {
    const now = (await Promise.all([tlsCert, tlsKey].map(stateOf))).join()
    if (isOver) return
    known ??= now
    if (now === changed) {
      known = now
      changed = undefined
      onChange()
    } else {
      changed = now === known ? undefined : now
    }
  }
  void look()
  const timer = setInterval(look, INTERVAL).unref()
  return () => {
    isOver = true
    clearInterval(timer)
  }
}

/** What tells a version of a file from others. */
async function stateOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
  } catch {
    return 'missing'
  }
}
