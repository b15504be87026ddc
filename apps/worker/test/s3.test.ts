import { headerValue } from '@rangekit/conformance'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { shared, sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { hasSwift, type Swift, startSwift } from '@rangekit/test-kit/swift'
import { describe, expect, it } from 'vitest'
import { startDev } from '../src/wrangler.ts'
import { ask } from './support/workerd.ts'

const FILM = Buffer.from(positionBytes(300_000))

describe.skipIf(!hasSwift())('the Worker over S3, on workerd,', () => {
  const state = sharedFolder()
  const swift: Swift = shared(
    async () => {
      const started = await startSwift()
      await started.put("films/My film's (1).mp4", positionBytes(300_000), { 'Content-Type': 'video/mp4' })
      await started.put('secret.txt', 'not below the prefix')
      return started
    },
    (started) => started.close(),
    90_000,
  )
  const start = (secret: string) =>
    startDev({
      state: state.path,
      port: 0,
      hostname: '127.0.0.1',
      // Wrong credentials are logged.
      silent: true,
      variables: {
        S3_BUCKET: swift.bucket,
        S3_ENDPOINT: swift.endpoint,
        S3_REGION: swift.region,
        S3_PREFIX: 'films',
        S3_ACCESS_KEY_ID: swift.credentials.accessKeyId,
        S3_SECRET_ACCESS_KEY: secret,
      },
    })
  const worker = sharedServer(() => start(swift.credentials.secretAccessKey), 90_000)
  const path = "/api/stream/My%20film's%20(1).mp4"

  it('serves what is below the prefix, and nothing else', async () => {
    const whole = await ask(worker.port, `GET ${path}`)
    expect([whole.status, headerValue(whole.headers, 'content-type')]).toEqual([200, 'video/mp4'])
    expect(whole.body.equals(FILM)).toBe(true)
    for (const key of ['secret.txt', 'films/none.mp4', '%2e%2e%2fsecret.txt']) {
      expect((await ask(worker.port, `GET /api/stream/${key}`)).status).toBe(404)
    }
  })

  it('sends ranges, one and several, and knows versions', async () => {
    const one = await ask(worker.port, `GET ${path}`, ['Range: bytes=100000-299999'])
    expect([one.status, one.body.equals(FILM.subarray(100_000))]).toEqual([206, true])
    const etag = headerValue(one.headers, 'etag') ?? ''
    const several = await ask(worker.port, `GET ${path}`, [
      'Range: bytes=0-3,200000-200003',
      `If-Range: ${etag}`,
    ])
    expect([several.status, several.body.includes(FILM.subarray(200_000, 200_004))]).toEqual([206, true])
    expect((await ask(worker.port, `GET ${path}`, [`If-None-Match: ${etag}`])).status).toBe(304)
  })

  it('serves nothing with wrong credentials', async () => {
    const wrong = await start('wrong')
    const { status, body } = await ask(wrong.port, `GET ${path}`)
    await wrong.stop()
    expect([status, body.toString()]).toEqual([500, '{"detail":"Internal error"}'])
  }, 60_000)
})
