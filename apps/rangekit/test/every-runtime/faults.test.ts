import { appendFileSync, linkSync, renameSync, rmSync, truncateSync } from 'node:fs'
import { hold } from '@rangekit/test-kit/download'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { percentile } from '@rangekit/test-kit/times'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startServer } from '../support/server.ts'

const MIB = 1024 * 1024
const AT_A_TIME = 10
/** More than kernels buffer between a server and a client that does not read. */
const LENGTH = 12 * MIB
const ZEROS = Buffer.alloc(MIB)

describe.each(runtime.ways)('a file that changes while it is sent $way', ({ args, share }) => {
  const roundCount = 100 * share
  const folder = sharedFolder(({ put }) => put('new.bin', Buffer.alloc(LENGTH, 1)))
  const server = sharedServer(() => startServer(folder.path, { args }))

  /** Changes a file of zeros in the middle of its download, and returns what came. */
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

  it('when truncated: the connection breaks at once, and the next request on it gets no response', async () => {
    const outcomes = await rounds(roundCount, AT_A_TIME, (index) =>
      disturb(`cut-${index}.bin`, 64 * MIB, (path) => truncateSync(path, MIB)),
    )
    const wrong = outcomes.filter(
      ({ onlyOld, closed, missing, after }) => !(onlyOld && closed && missing > 0 && after === ''),
    )
    expect(wrong).toEqual([])
    // Long before any time-out.
    expect(
      percentile(
        outcomes.map(({ took }) => took),
        0.5,
      ),
    ).toBeLessThan(2000)
    await expect.poll(() => server.stderr.match(/ended \d+ bytes /g)?.length).toBe(roundCount)
  }, 120_000)

  it('when grown: exactly Content-Length bytes come, then the response to the next request', async () => {
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
    'when $name: all old bytes come, or the connection breaks',
    async ({ name, disturbance }) => {
      const outcomes = await rounds(roundCount, AT_A_TIME, (index) =>
        disturb(`${name}-${index}.bin`, LENGTH, disturbance),
      )
      const wrong = outcomes.filter(({ onlyOld, closed, missing }) => !(onlyOld && (missing === 0 || closed)))
      expect(wrong).toEqual([])
    },
    120_000,
  )

  it('does not harm the server', async () => {
    const response = await exchange(server.port, 'GET /api/stream/new.bin', ['Range: bytes=0-3'])
    expect([response.status, [...response.body]]).toEqual([206, [1, 1, 1, 1]])
  })
})
