import { AwsV4Signer } from 'aws4fetch'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { S3Signer } from './sign.ts'

// The examples in AWS's documentation of signatures for S3.
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const BUCKET = 'https://examplebucket.s3.amazonaws.com'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: new Date('2013-05-24T00:00:00Z') }))
afterEach(() => void vi.useRealTimers())

const signatureOf = (authorization = '') => /Signature=(\w+)$/.exec(authorization)?.[1]
const get = (url: string) => ({ method: 'GET', url, headers: {} }) as const

describe('a signed request', () => {
  it.each([
    ['?lifecycle', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
    ['?max-keys=2&prefix=J', '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
  ])('has the signature that AWS documents for GET /%s', async (query, signature) => {
    const { headers } = await new S3Signer({ credentials }).sign(get(`${BUCKET}/${query}`))
    expect(signatureOf(headers['authorization'])).toBe(signature)
  })

  it('keeps its URL and its fields', async () => {
    const request = { ...get(`${BUCKET}/a%20%2B%27.txt`), headers: { 'x-amz-request-payer': 'requester' } }
    const signed = await new S3Signer({ credentials }).sign(request)
    expect(signed).toMatchObject(request)
    expect(signed.headers['authorization']).toContain('x-amz-request-payer')
  })

  it('has the session token, and signs it', async () => {
    const { headers } = await new S3Signer({ credentials: { ...credentials, sessionToken: 'a+/=' } }).sign(
      get(`${BUCKET}/a`),
    )
    expect(headers['x-amz-security-token']).toBe('a+/=')
    expect(headers['authorization']).toContain(';x-amz-security-token,')
  })

  it('is left as it is without credentials', async () => {
    const request = get(`${BUCKET}/a`)
    expect(await new S3Signer({}).sign(request)).toBe(request)
    expect(await new S3Signer({ credentials: () => undefined }).sign(request)).toBe(request)
  })

  it('has the credentials and the date of the moment', async () => {
    let count = 0
    const signer = new S3Signer({
      region: 'eu-central-1',
      credentials: async () => ({ accessKeyId: `key-${++count}`, secretAccessKey: `secret-${count}` }),
    })
    for (let day = 1; day <= 20; day++) {
      vi.setSystemTime(Date.UTC(2026, 0, day))
      const date = `202601${String(day).padStart(2, '0')}`
      const { headers } = await signer.sign(get(`${BUCKET}/a`))
      expect(headers['authorization']).toContain(`Credential=key-${day}/${date}/eu-central-1/s3/aws4_request`)
      const fresh = new S3Signer({
        region: 'eu-central-1',
        credentials: { accessKeyId: `key-${day}`, secretAccessKey: `secret-${day}` },
      })
      expect((await fresh.sign(get(`${BUCKET}/a`))).headers).toEqual(headers)
    }
  })
})

describe('a presigned URL', () => {
  it('is the one that AWS documents', async () => {
    const url = new URL(await new S3Signer({ credentials }).presign(`${BUCKET}/test.txt`, 86_400))
    expect(Object.fromEntries(url.searchParams)).toEqual({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request',
      'X-Amz-Date': '20130524T000000Z',
      'X-Amz-Expires': '86400',
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    })
  })

  it('writes a space as %20', async () => {
    const query = 'response-content-disposition=a%20b%2Bc'
    const url = await new S3Signer({ credentials }).presign(`${BUCKET}/a%20b?${query}`, 60)
    expect(url).toContain(`/a%20b?`)
    expect(url).toContain(`&${query}&`)
  })

  it('needs credentials', async () => {
    await expect(new S3Signer({}).presign(`${BUCKET}/a`, 60)).rejects.toThrow(TypeError)
  })
})

// From AWS's test suite for Signature Version 4, which is about no service in particular.
describe('the signer passes the case of the test suite of AWS:', () => {
  const TOKEN = '6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267'
  const UNRESERVED = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  it.each([
    ['get-utf8', '/ሴ', '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85', undefined],
    [
      'get-unreserved',
      `/${UNRESERVED}`,
      '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
      undefined,
    ],
    [
      'get-space-unnormalized',
      '/example space/',
      '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741',
      undefined,
    ],
    [
      'get-vanilla-query-unreserved',
      `/?${UNRESERVED}=${UNRESERVED}`,
      '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
      undefined,
    ],
    [
      'get-vanilla-with-session-token',
      '/',
      '07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8',
      TOKEN,
    ],
  ])('%s', async (_, target, signature, sessionToken) => {
    const signer = new AwsV4Signer({
      method: 'GET',
      url: `https://example.amazonaws.com${target}`,
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      ...(sessionToken !== undefined && { sessionToken }),
      service: 'service',
      region: 'us-east-1',
      datetime: '20150830T123600Z',
      singleEncode: true,
    })
    expect(await signer.signature()).toBe(signature)
  })
})
