import { mkdir, writeFile } from 'node:fs/promises'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveLocally } from '../src/local.ts'
import { type RunningWorker, startDev } from '../src/wrangler.ts'
import { stretchObject } from './stretch-object.ts'
import { ask, residentMemory, temporaryFolder, workerdProcesses } from './support.ts'

const MIB = 1024 * 1024
const LENGTH = 1024 * MIB
/** Where the object, which is empty space otherwise, says where one is. */
const MARKS = new Map(
  [0, 65_530, LENGTH / 2 - 5, LENGTH - 20].map((mark) => [mark, String(mark).padStart(20, '.')]),
)
/** What workerd may take in addition while a gibibyte goes through it. */
const ALLOWANCE = 64 * MIB

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let worker: RunningWorker

beforeAll(async () => {
  folder = await temporaryFolder()
  const [dir, state] = [join(folder.path, 'media'), join(folder.path, 'state')]
  await mkdir(dir)
  await writeFile(join(dir, 'large.bin'), 'short')
  const small = await serveLocally({ dir, port: 0, hostname: '127.0.0.1', stateDir: state })
  await small.stop()
  await stretchObject(state, 'large.bin', LENGTH, MARKS)
  worker = await startDev({ state, port: 0, hostname: '127.0.0.1' })
}, 60_000)

afterAll(async () => {
  await worker?.stop()
  await folder?.remove()
})

it('gives the right bytes of a gibibyte at any offset', async () => {
  for (const [mark, text] of MARKS) {
    const response = await ask(worker.port, 'GET /api/stream/large.bin', [
      `Range: bytes=${mark}-${mark + 19}`,
    ])
    expect(response.body.toString()).toBe(text)
  }
  const ranges = [...MARKS.keys()].map((mark) => `${mark}-${mark + 19}`).join()
  const { body } = await ask(worker.port, 'GET /api/stream/large.bin', [`Range: bytes=${ranges}`])
  for (const text of MARKS.values()) expect(body.toString()).toContain(`/${LENGTH}\r\n\r\n${text}\r\n`)
}, 30_000)

it('streams a gibibyte whole, and holds no more of it than a few pieces', async () => {
  const workerd = workerdProcesses()
  const before = residentMemory(workerd)
  const begun = performance.now()
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    httpGet(`http://127.0.0.1:${worker.port}/api/stream/large.bin`, resolve).on('error', reject)
  })
  expect(response.headers['content-length']).toBe(String(LENGTH))
  let peak = before
  let length = 0
  let measured = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    // A client that stands still must not make the server read on.
    if (length === 0) await sleep(500)
    for (const [mark, text] of MARKS) {
      if (mark < length || mark + 20 > length + piece.length) continue
      expect(piece.toString('latin1', mark - length, mark - length + 20)).toBe(text)
    }
    length += piece.length
    if (length - measured < 16 * MIB) continue
    measured = length
    peak = Math.max(peak, residentMemory(workerd))
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  const memory = `${Math.round(before / MIB)} MiB before, ${Math.round(peak / MIB)} MiB at most`
  console.log(`1 GiB from R2 through workerd in ${seconds} s; its memory: ${memory}`)
  expect(length).toBe(LENGTH)
  expect(workerd).not.toEqual([])
  expect(peak - before).toBeLessThan(ALLOWANCE)
}, 60_000)
