// The library below asks for it when it is loaded.
import 'reflect-metadata'
import { isIP } from 'node:net'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { canonicalName } from './names.ts'

/** P-256, which every client can verify and which costs a handshake least. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** What a certificate says. */
export interface CertificateFacts {
  /** Host names and IP addresses, the one that it is shown as first. */
  readonly names: readonly string[]
  readonly notBefore: Date
  readonly notAfter: Date
}

/** A certificate and its private key, in PEM. */
export interface PemPair {
  readonly cert: string
  readonly key: string
}

/** Makes a private key, and a self-signed certificate for a server. */
export async function makeCertificate({ names, notBefore, notAfter }: CertificateFacts): Promise<PemPair> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const cert = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [names[0] ?? 'localhost'] }],
    notBefore,
    notAfter,
    keys,
    signingAlgorithm: ALGORITHM,
    // What browsers ask for in a certificate that stands for itself. It is not an authority, so that whoever trusts it
    // trusts this server only.
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map(generalName)),
    ],
  })
  const key = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  return { cert: `${cert.toString('pem')}\n`, key: `${key}\n` }
}

function generalName(name: string): JsonGeneralName {
  return { type: isIP(name) === 0 ? 'dns' : 'ip', value: canonicalName(name) }
}
