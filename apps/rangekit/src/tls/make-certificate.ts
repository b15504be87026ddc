import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'
import { bitString, element, integer, oid, sequence, time } from './der.ts'

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

/** Makes a private key: P-256, which every client can verify and which costs a handshake least. */
export function makeKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Makes a self-signed certificate for a server (X.509 v3, 5280 §4.1). */
export function makeCertificate(key: string, { names, notBefore, notAfter }: CertificateFacts): PemPair {
  const privateKey = createPrivateKey(key)
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))
  const commonName = sequence(oid('2.5.4.3'), element('utf8String', Buffer.from(names[0] ?? 'localhost')))
  const name = sequence(element('set', commonName))
  const signed = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    // Unique, and at most 20 octets with the one of the sign (5280 §4.1.2.2).
    integer(randomBytes(16)),
    ecdsaWithSha256,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey,
    element(0xa3, sequence(...extensions(names))),
  )
  const signature = sign('sha256', signed, privateKey)
  const cert = pem(sequence(signed, ecdsaWithSha256, bitString(signature)))
  return { cert, key }
}

/** The extensions that browsers ask for in a certificate that stands for itself. */
function extensions(names: readonly string[]): readonly Buffer[] {
  const yes = element('boolean', Buffer.from([0xff]))
  const critical = (id: string, value: Buffer) => sequence(oid(id), yes, element('octetString', value))
  const other = (id: string, value: Buffer) => sequence(oid(id), element('octetString', value))
  return [
    // Basic constraints: not an authority, so that whoever trusts it trusts this server only.
    critical('2.5.29.19', sequence()),
    // Key usage: digital signatures.
    critical('2.5.29.15', bitString(Buffer.from([0x80]), 7)),
    // Extended key usage: TLS servers.
    other('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))),
    // Subject alternative names.
    other('2.5.29.17', sequence(...names.map(generalName))),
  ]
}

function generalName(name: string): Buffer {
  return isIP(name) === 0 ? element(0x82, Buffer.from(name, 'ascii')) : element(0x87, addressBytes(name))
}

/** The 4 or 16 octets of an address. */
function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail] = canonical(address).split('::')
  const groups = (text = '') =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const [before, after] = [groups(head), groups(tail)]
  const zeros = new Array<number>(8 - before.length - after.length).fill(0)
  return Buffer.from([...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]))
}

/** An IPv6 address in groups, without a dotted IPv4 address at its end. */
function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
