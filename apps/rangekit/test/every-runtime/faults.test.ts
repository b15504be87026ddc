import { appendFileSync, linkSync, renameSync, rmSync, truncateSync } from 'node:fs'
import { hold } from '@rangekit/test-kit/download'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { exchange } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { percentile } from '@rangekit/test-kit/times'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startServer, type TestServer } from '../support/server.ts'

const MIB = 1024 * 1024
const AT_A_TIME = 10
/** More than kernels keep between a server and a client that does not read. */
const LENGTH = 12 * MIB
const ZEROS = Buffer.alloc(MIB)

describe.each(runtime.ways)('what happens to a file while it is sent $way', ({ args, share }) => {
  const roundCount = 100 * share
  let folder: TestFolder
  let server: TestServer

  beforeAll(async () => {
    folder = makeFolder()
    folder.put('new.bin', Buffer.alloc(LENGTH, 1))
    server = await startServer(folder.path, { args })
  })
  afterAll(async () => {
    await server.stop()
    folder.remove()
  })

  /** Starts to download a file of zeros, does something to it in mid-body, and tells what came. */
  async function disturb(name: string, length: number, disturbance: (path: string) => void) {
    const path = folder.putSparse(name, length)
    const held = await hold(server.port, `/api/stream/${name}`, '/readyz')
    disturbance(path)
    const started = performance.now()
    let onlyOld = true
    const { received, after, closed } = await held.finish((piece) => {
      for (let at = 0; at < piece.byteLength; at += MIB) {
        const part = piece.subarray(at, at + MIB)
        onlyOld &&= part.equals(ZEROS.subarray(0, part.byteLength))
      }
    }, '{"detail":"Ready"}')
    const took = performance.now() - started
    rmSync(path, { force: true })
    return { onlyOld, closed, after, took, missing: held.contentLength - received }
  }

  it('truncated: the connection is broken at once, and the next request on it gets nothing', async () => {
    const outcomes = await rounds(roundCount, AT_A_TIME, (index) =>
      disturb(`cut-${index}.bin`, 64 * MIB, (path) => truncateSync(path, MIB)),
    )
    const wrong = outcomes.filter(
      ({ onlyOld, closed, missing, after }) => !(onlyOld && closed && missing > 0 && after === ''),
    )
    expect(wrong).toEqual([])
    // Long before any time-out could have ended it.
    expect(
      percentile(
        outcomes.map(({ took }) => took),
        0.5,
      ),
    ).toBeLessThan(2000)
    await expect.poll(() => server.stderr.match(/ended \d+ bytes /g)?.length).toBe(roundCount)
  }, 120_000)

  it('grown: exactly Content-Length comes, and then the answer to the next request', async () => {
    const outcomes = await rounds(roundCount, AT_A_TIME, (index) =>
      disturb(`grown-${index}.bin`, LENGTH, (path) => appendFileSync(path, Buffer.alloc(100_000, 1))),
    )
    const wrong = outcomes.filter(
      ({ onlyOld, closed, missing, after }) =>
        !(onlyOld && !closed && missing === 0 && after.startsWith('HTTP/1.1 200 OK\r\n')),
    )
    expect(wrong).toEqual([])
  }, 120_000)

  it.each([
    {
      name: 'replaced',
      disturbance: (path: string) => {
        linkSync(folder.at('new.bin'), `${path}.new`)
        renameSync(`${path}.new`, path)
      },
    },
    { name: 'deleted', disturbance: (path: string) => rmSync(path) },
  ])(
    '$name: the old bytes come to their end, or the connection breaks',
    async ({ name, disturbance }) => {
      const outcomes = await rounds(roundCount, AT_A_TIME, (index) =>
        disturb(`${name}-${index}.bin`, LENGTH, disturbance),
      )
      const wrong = outcomes.filter(({ onlyOld, closed, missing }) => !(onlyOld && (missing === 0 || closed)))
      expect(wrong).toEqual([])
    },
    120_000,
  )

  it('the server is well after all that', async () => {
    const response = await exchange(server.port, 'GET /api/stream/new.bin', ['Range: bytes=0-3'])
    expect([response.status, [...response.body]]).toEqual([206, [1, 1, 1, 1]])
  })
})
