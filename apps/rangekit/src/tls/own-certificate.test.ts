import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { run } from '@rangekit/test-kit/processes'
import { findTool } from '@rangekit/test-kit/tools'
import { describe, expect, it } from 'vitest'
import type { PemPair } from './make-certificate.ts'
import { ownCertificate, ownNames, type Wanted } from './own-certificate.ts'

const DAY = 24 * 60 * 60 * 1000
const NOW = Date.now()
const NAMES = ['localhost', '127.0.0.1', '::1', '192.168.1.7', 'fd00::1:2', '::ffff:10.1.2.3', 'box.local']

describe('the certificate of --tls self', () => {
  const folder = sharedFolder()
  const get = async (at: string, wanted: Partial<Wanted> = {}): Promise<PemPair> => {
    const pair = await ownCertificate({ names: NAMES, now: NOW, ...wanted }, folder.at(at))
    if ('problem' in pair) throw new Error(pair.problem)
    return pair
  }

  it('is for all names, for servers, signed by itself, and valid for years', async () => {
    const { cert, key } = await get('facts')
    const x509 = new X509Certificate(cert)
    expect(x509.subjectAltName).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:192.168.1.7, IP Address:FD00:0:0:0:0:0:1:2, IP Address:0:0:0:0:0:FFFF:A01:203, DNS:box.local',
    )
    expect(x509.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect(x509.ca).toBe(false)
    expect(x509.verify(x509.publicKey)).toBe(true)
    expect(x509.validToDate.getTime() - NOW).toBeGreaterThan(700 * DAY)
    expect(x509.validToDate.getTime() - x509.validFromDate.getTime()).toBeLessThan(825 * DAY)
    expect(key).toContain('PRIVATE KEY')
  })

  it('is accepted by openssl as an authority for itself', async () => {
    if (findTool('openssl', 'openssl') === undefined) return
    await get('openssl')
    const file = folder.at('openssl/self-signed.pem')
    const strict = ['-x509_strict', '-purpose', 'sslserver', '-verify_ip', '192.168.1.7']
    expect(await run('openssl', ['verify', ...strict, '-CAfile', file, file])).toMatchObject({ code: 0 })
  })

  it('is kept, for this user alone', async () => {
    const first = await get('kept')
    expect(await get('kept')).toEqual(first)
    expect(await get('kept', { names: NAMES.slice(1) })).toEqual(first)
    expect(statSync(folder.at('kept/self-signed.pem')).mode & 0o777).toBe(0o600)
  })

  it('is made again a month before it expires', async () => {
    const first = await get('expires')
    expect(await get('expires', { now: NOW + 700 * DAY })).toEqual(first)
    expect(await get('expires', { now: NOW + 780 * DAY })).not.toEqual(first)
  })

  it('is made again for a new name, and keeps the earlier ones', async () => {
    const first = await get('names')
    const second = await get('names', { names: ['localhost', '10.0.0.1'] })
    expect(second).not.toEqual(first)
    expect(await get('names')).toEqual(second)
    expect(statSync(folder.at('names/self-signed.pem')).mode & 0o777).toBe(0o600)
  })

  it.each(['', 'nonsense', '-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n'])(
    'is made again in place of %j',
    async (text) => {
      folder.put('broken/self-signed.pem', text)
      const pair = await get('broken')
      expect(readFileSync(folder.at('broken/self-signed.pem'), 'utf8')).toBe(pair.key + pair.cert)
    },
  )

  it('is refused where it cannot be kept', async () => {
    folder.put('file', '')
    const at = folder.at('file/state')
    expect(await ownCertificate({ names: NAMES, now: NOW }, at)).toEqual({
      problem: `the certificate of --tls self cannot be kept in ${at}`,
    })
  })

  it('names this machine', () => {
    expect(ownNames('0.0.0.0')).toEqual(expect.arrayContaining(['localhost', '127.0.0.1']))
    expect(ownNames('media.example')).toContain('media.example')
  })
})
