import { renderReport, runConformance } from '@rangekit/conformance'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { hold } from '@rangekit/test-kit/download'
import { shared, sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { LONG_AGO } from '@rangekit/test-kit/folder'
import { hasNginx, startNginx } from '@rangekit/test-kit/nginx'
import { startRecordingProxy } from '@rangekit/test-kit/recording-proxy'
import { hasSwift, startSwift } from '@rangekit/test-kit/swift'
import { describe, expect, it } from 'vitest'
import { startDev } from '../src/wrangler.ts'
import { ask } from './support/workerd.ts'

const MIB = 1024 * 1024
/** Milliseconds for what takes a few seconds: the machine may be busy. */
const LIMIT = 120_000

/** Places, without the Cache API and with it. R2 is judged in local.test.ts and cached.test.ts. */
const CELLS = ['s3', 's3-cached', 'nginx', 'nginx-cached'] as const

describe.skipIf(!hasSwift() || !hasNginx())('the Worker over a server', () => {
  const film = positionBytes(200_000)
  const swift = shared(
    async () => {
      const started = await startSwift()
      const fields = { 'Content-Type': 'video/mp4', 'X-Timestamp': `${LONG_AGO.getTime() / 1000}` }
      for (const cell of CELLS) await started.put(`${cell}/film.mp4`, film, fields)
      return started
    },
    (started) => started.close(),
    LIMIT,
  )
  const nginx = shared(
    async () => {
      const started = await startNginx()
      for (const cell of CELLS) started.files.put(`media/${cell}/film.mp4`, film)
      return started
    },
    (started) => started.stop(),
  )
  /** What Swift is asked. */
  const proxy = shared(
    () => startRecordingProxy(Number(new URL(swift.endpoint).port)),
    (started) => started.close(),
  )
  const state = sharedFolder()
  const worker = sharedServer(() => {
    const s3 = {
      S3_BUCKET: swift.bucket,
      S3_ENDPOINT: `http://127.0.0.1:${proxy.port}`,
      S3_REGION: swift.region,
      S3_ACCESS_KEY_ID: swift.credentials.accessKeyId,
      S3_SECRET_ACCESS_KEY: swift.credentials.secretAccessKey,
    }
    const variables = {
      S3: JSON.stringify(s3),
      NGINX: JSON.stringify({ S3_BUCKET: 'media', S3_ENDPOINT: nginx.url }),
    }
    return startDev({
      entry: 'test/support/places-worker.ts',
      state: state.path,
      port: 0,
      hostname: '127.0.0.1',
      // Some responses fail on purpose.
      silent: true,
      variables,
    })
  }, LIMIT)

  it.concurrent.each(CELLS)(
    'passes every vector of the conformance checker: %s',
    async (cell) => {
      const report = await runConformance(`http://127.0.0.1:${worker.port}/api/stream/${cell}/film.mp4`)
      const failed = report.results.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)
      expect(failed, renderReport(report)).toEqual([])
      expect(report.totals.passed).toBeGreaterThan(440)
      expect(report.notes).toEqual([])
    },
    LIMIT,
  )

  describe('through the Cache API', () => {
    const put = (name: string, bytes: Uint8Array<ArrayBuffer>) => swift.put(`s3-cached/${name}`, bytes)
    const get = (name: string, range?: string) =>
      ask(
        worker.port,
        `GET /api/stream/s3-cached/${name}`,
        range === undefined ? [] : [`Range: bytes=${range}`],
      )
    const reads = (name: string) =>
      proxy.heads.filter(({ method, target }) => method === 'GET' && target.endsWith(name)).length

    it('repeats cost the store nothing, and every byte is right', async () => {
      const bytes = positionBytes(4 * MIB + 7)
      await put('repeated.bin', bytes)
      const last = bytes.length - 1
      const ranges = [
        ['5-9', 5, 9],
        [`${2 * MIB - 3}-${2 * MIB + 2}`, 2 * MIB - 3, 2 * MIB + 2],
        ['-10', last - 9, last],
        [undefined, 0, last],
      ] as const
      const readAll = async () => {
        const before = reads('repeated.bin')
        for (const [range, firstPos, lastPos] of ranges) {
          const { status, body } = await get('repeated.bin', range)
          expect([range, status]).toEqual([range, range === undefined ? 200 : 206])
          expect(body.equals(bytes.subarray(firstPos, lastPos + 1))).toBe(true)
        }
        return reads('repeated.bin') - before
      }
      expect(await readAll()).toBeGreaterThan(0)
      // Blocks are kept after the response has ended.
      await expect.poll(readAll).toBe(0)
    })

    it('an object that changes is the old one, an error, or the new one', async () => {
      const versions = [1, 2].map((value) => new Uint8Array(3 * MIB).fill(value))
      await put('changing.bin', versions[0] ?? new Uint8Array())
      // The second block is not kept.
      expect((await get('changing.bin', '0-9')).body).toEqual(Buffer.alloc(10, 1))
      await put('changing.bin', versions[1] ?? new Uint8Array())
      const isNew = async () => {
        const { status, body, complete } = await get('changing.bin')
        const [first = 0] = body
        expect(status === 503 || body.every((byte) => byte === first), `${status}`).toBe(true)
        return status === 200 && complete && first === 2
      }
      await expect.poll(isNew, { timeout: 15_000 }).toBe(true)
    })

    it('readers of a cold object at the same time get it, though some leave', async () => {
      const bytes = positionBytes(3 * MIB)
      await put('cold.bin', bytes)
      const leaving = await Promise.all(
        Array.from({ length: 3 }, () => hold(worker.port, '/api/stream/s3-cached/cold.bin')),
      )
      const all = Promise.all(Array.from({ length: 8 }, () => get('cold.bin')))
      for (const { leave } of leaving) leave()
      for (const { status, body } of await all) expect([status, body.equals(bytes)]).toEqual([200, true])
    })
  })
})
