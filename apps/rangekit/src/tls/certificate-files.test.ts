import { execFileSync } from 'node:child_process'
import { makePair } from '@rangekit/test-kit/certificates'
import { shared, sharedFolder } from '@rangekit/test-kit/fixtures'
import { describe, expect, it } from 'vitest'
import { readPair } from './certificate-files.ts'

describe('the files of a certificate', () => {
  const folder = sharedFolder()
  const pairs = shared(
    () => {
      const [first, second] = [makePair(folder.path, 'first'), makePair(folder.path, 'second')]
      folder.put('text', 'nonsense')
      const encrypt = ['pkey', '-aes128', '-passout', 'pass:secret', '-in', first.keyFile]
      execFileSync('openssl', [...encrypt, '-out', folder.at('encrypted')])
      return { first, second }
    },
    () => {},
  )

  it('are read', () => {
    const { certFile: tlsCert, keyFile: tlsKey, cert, key } = pairs.first
    expect(readPair({ tlsCert, tlsKey })).toEqual({ cert, key })
  })

  it.each([
    ['missing', 'first-key.pem', 'the certificate file AT/missing cannot be read'],
    ['first-cert.pem', 'missing', 'the key file AT/missing cannot be read'],
    ['', 'first-key.pem', 'the certificate file AT/ cannot be read'],
    ['text', 'first-key.pem', 'AT/text is not a certificate in PEM'],
    ['first-key.pem', 'first-key.pem', 'AT/first-key.pem is not a certificate in PEM'],
    ['first-cert.pem', 'text', 'AT/text is not a private key in PEM, or it is encrypted'],
    ['first-cert.pem', 'encrypted', 'AT/encrypted is not a private key in PEM, or it is encrypted'],
    [
      'first-cert.pem',
      'second-key.pem',
      'the key in AT/second-key.pem is not that of the certificate in AT/first-cert.pem',
    ],
  ])('%j and %j are refused: %s', (cert, key, problem) => {
    const read = readPair({ tlsCert: folder.at(cert), tlsKey: folder.at(key) })
    expect(read).toEqual({
      problem: problem.replace('AT/ ', `${folder.at('')} `).replaceAll('AT/', `${folder.path}/`),
    })
  })
})
