import { open } from 'node:fs/promises'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalServer, serveLocally } from '../src/local.ts'
import { ask, residentMemory, temporaryFolder, workerdProcesses } from './support.ts'

const MIB = 1024 * 1024
const LENGTH = 1024 * MIB
/** Where the file, which is empty space otherwise, says where one is. */
const MARKS = [0, 65_530, LENGTH / 2 - 5, LENGTH - 20]
/** What workerd may take in addition while a gibibyte goes through it. */
const ALLOWANCE = 64 * MIB

let dir: Awaited<ReturnType<typeof temporaryFolder>>
let server: LocalServer

beforeAll(async () => {
  dir = await temporaryFolder()
  const file = await open(join(dir.path, 'large.bin'), 'w')
  await file.truncate(LENGTH)
  for (const mark of MARKS) await file.write(markAt(mark), mark)
  await file.close()
  server = await serveLocally({ dir: dir.path, port: 0, hostname: '127.0.0.1' })
}, 100_000)

afterAll(async () => {
  await server?.stop()
  await dir?.remove()
})

const markAt = (position: number) => String(position).padStart(20, '.')

it('gives the right bytes of a gibibyte at any offset', async () => {
  for (const mark of MARKS) {
    const range = `Range: bytes=${mark}-${mark + 19}`
    expect((await ask(server.port, 'GET /api/stream/large.bin', [range])).body.toString()).toBe(markAt(mark))
  }
  const ranges = MARKS.map((mark) => `${mark}-${mark + 19}`).join()
  const { body } = await ask(server.port, 'GET /api/stream/large.bin', [`Range: bytes=${ranges}`])
  for (const mark of MARKS) expect(body.toString()).toContain(`${LENGTH}\r\n\r\n${markAt(mark)}\r\n`)
})

it('streams a gibibyte whole, in the memory of a few of its pieces', async () => {
  const workerd = workerdProcesses()
  const before = residentMemory(workerd)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    httpGet(`http://127.0.0.1:${server.port}/api/stream/large.bin`, resolve).on('error', reject)
  })
  expect(response.headers['content-length']).toBe(String(LENGTH))
  let peak = 0
  let length = 0
  let measured = 0
  const begun = performance.now()
  for await (const piece of response as AsyncIterable<Buffer>) {
    // A client that stands still must not make the server read on.
    if (length === 0) await sleep(500)
    for (const mark of MARKS) {
      if (mark >= length && mark + 20 <= length + piece.length) {
        expect(piece.toString('latin1', mark - length, mark - length + 20)).toBe(markAt(mark))
      }
    }
    length += piece.length
    if (length - measured < 16 * MIB) continue
    measured = length
    peak = Math.max(peak, residentMemory(workerd))
  }
  const seconds = (performance.now() - begun) / 1000
  console.log(
    `1 GiB from R2 on workerd: ${seconds.toFixed(1)} s, ` +
      `workerd ${Math.round(before / MIB)} MiB before, ${Math.round(peak / MIB)} MiB at most`,
  )
  expect(length).toBe(LENGTH)
  expect(peak - before).toBeLessThan(ALLOWANCE)
}, 60_000)
