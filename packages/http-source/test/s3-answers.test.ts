import { SourceBusyError } from '@rangekit/range-core'
import { describe, expect, it } from 'vitest'
import { found, storeThat } from './support/store-that.ts'

const open = async (answer: () => Response) => storeThat(answer).bucket.source.open('a.mp4')
const error = (status: number, code: string) => () =>
  new Response(`<Error><Code>${code}</Code></Error>`, { status })

describe('an answer of a store', () => {
  it('that says what is there opens it', async () => {
    expect(await open(found)).toMatchObject({ completeLength: 5, contentType: 'video/mp4' })
  })

  it.each(['NoSuchKey', 'NoSuchBucket'])('with 404 %s is nothing', async (code) => {
    expect(await open(error(404, code))).toBeUndefined()
  })

  it.each(['AccessDenied', 'SignatureDoesNotMatch', 'RequestTimeTooSkewed'])(
    'with 403 %s is a refusal',
    async (code) => {
      await expect(open(error(403, code))).rejects.toThrow(
        expect.objectContaining({ name: 'OriginError', fault: 'refused', status: 403 }),
      )
    },
  )

  it('with 503 SlowDown is for later', async () => {
    await expect(open(error(503, 'SlowDown'))).rejects.toThrow(SourceBusyError)
  })

  it('with 301 PermanentRedirect is an error: the region is another', async () => {
    await expect(open(error(301, 'PermanentRedirect'))).rejects.toThrow(
      expect.objectContaining({ fault: 'redirected', status: 301 }),
    )
  })

  it('with 412 says that the object has changed', async () => {
    let isChanged = false
    const { bucket } = storeThat(() => (isChanged ? error(412, 'PreconditionFailed')() : found()))
    const representation = await bucket.source.open('a.mp4')
    isChanged = true
    const reading = Promise.resolve(representation?.read({ firstPos: 0, lastPos: 4 }))
    await expect(reading).rejects.toThrow(
      expect.objectContaining({
        name: 'SourceBusyError',
        cause: expect.objectContaining({ fault: 'changed' }),
      }),
    )
  })

  it('to a list is an error unless it is a list', async () => {
    const list = (answer: () => Response) => storeThat(answer).bucket.list()
    await expect(list(error(404, 'NoSuchBucket'))).rejects.toThrow(
      expect.objectContaining({ fault: 'failed', status: 404 }),
    )
    await expect(list(error(503, 'SlowDown'))).rejects.toThrow(expect.objectContaining({ fault: 'busy' }))
    await expect(list(() => new Response('<html/>'))).rejects.toThrow('The list of the bucket cannot be read')
    await expect(list(() => new Response(new Uint8Array([0xff])))).rejects.toThrow('no text in UTF-8')
    const endless = () => new Response(new ReadableStream({ pull: (it) => it.enqueue(new Uint8Array(1e6)) }))
    await expect(list(endless)).rejects.toThrow(expect.objectContaining({ fault: 'wrong-length' }))
  })
})

describe('a request to a store', () => {
  it('is not signed without credentials', async () => {
    const { bucket, asked } = storeThat(found)
    await bucket.source.open('a.mp4')
    expect(asked).toEqual([
      {
        method: 'HEAD',
        url: 'http://store.example/films/a.mp4',
        headers: expect.not.objectContaining({ authorization: expect.anything() }),
      },
    ])
  })

  it('is signed without the fields that bind it to a version', async () => {
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' }
    const { bucket, asked } = storeThat(found, { credentials, region: 'eu-west-1' })
    const representation = await bucket.source.open('a.mp4')
    await Promise.resolve(representation?.read({ firstPos: 0, lastPos: 4 })).catch(() => {})
    expect(asked[1]?.headers).toMatchObject({
      range: 'bytes=0-4',
      'if-match': '"abc"',
      'x-amz-security-token': 'c',
      authorization: expect.stringContaining(
        '/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, ',
      ),
    })
  })

  it('is never made for what is no key', async () => {
    const { bucket, asked } = storeThat(found, { prefix: 'a/' })
    for (const key of ['', '../b', 'b//c', '.env', 'b/.env', 'b/', '\ud800', 'é'.repeat(512)]) {
      expect(await bucket.source.open(key)).toBeUndefined()
      await expect(bucket.presign(key, { expiresIn: 60 })).rejects.toThrow(TypeError)
    }
    expect(asked).toEqual([])
  })

  it('asks for one page of a list, by names in order', async () => {
    const { bucket, asked } = storeThat(() => new Response('<ListBucketResult/>'), { prefix: 'a b/' })
    await bucket.list({ prefix: 'c+', delimiter: '/', after: '1/=', limit: 5 })
    expect(asked[0]?.url).toBe(
      'http://store.example/films/?continuation-token=1%2F%3D&delimiter=%2F&encoding-type=url&list-type=2&max-keys=5&prefix=a%20b%2Fc%2B',
    )
  })
})

it.each([0, -1, 1.5, 604_801, Number.NaN])('a URL for others cannot be for %j seconds', async (expiresIn) => {
  const { bucket } = storeThat(found, { credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
  await expect(bucket.presign('a.mp4', { expiresIn })).rejects.toThrow(RangeError)
})
