import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { findTool } from './tools.ts'

/** A self-signed certificate for this machine, and its private key. */
export interface TestPair {
  readonly cert: string
  readonly key: string
  readonly certFile: string
  readonly keyFile: string
}

/**
 * Makes a certificate for `localhost` and 127.0.0.1 with `openssl`, which is independent of what is under test.
 *
 * @param folder where the two files are put.
 * @param name its common name, and the start of the names of the files.
 * @throws Error if openssl is missing.
 */
export function makePair(folder: string, name: string): TestPair {
  const openssl = findTool('openssl', 'openssl')
  if (openssl === undefined) throw new Error('openssl is missing')
  const [certFile, keyFile] = [join(folder, `${name}-cert.pem`), join(folder, `${name}-key.pem`)]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const names = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const pem = execFileSync(openssl, ['req', '-x509', ...curve, '-days', '2', '-keyout', '-', ...names], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const block = (label: string) => new RegExp(`-----BEGIN ${label}-----[^]+?-----END ${label}-----\n`)
  const [cert = ''] = block('CERTIFICATE').exec(pem) ?? []
  const [key = ''] = block('PRIVATE KEY').exec(pem) ?? []
  writeFileSync(certFile, cert)
  writeFileSync(keyFile, key)
  return { cert, key, certFile, keyFile }
}

/** Makes every TLS client of this process trust a certificate, `fetch` included. */
export function trust(certFile: string): void {
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(certFile, 'utf8')])
}
