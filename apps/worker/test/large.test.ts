import { mkdir, open, readdir, stat } from 'node:fs/promises'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { headerValue } from '@rangekit/conformance'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalServer, serveLocally } from '../src/local.ts'
import { ask, residentMemory, temporaryFolder, workerdProcesses } from './support/worker.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB
/** Sparse files, by their length. */
const FILES = { 'large.bin': GIB, 'huge.bin': 10 * GIB } as const
/** What workerd may take in addition while a gibibyte goes through it. */
const ALLOWANCE = 64 * MIB

/** Where a file, which is empty space otherwise, says where one is. */
function marksOf(length: number): ReadonlyMap<number, string> {
  const marks = [0, 65_530, length / 2 - 5, length - 20]
  return new Map(marks.map((mark) => [mark, String(mark).padStart(20, '.')]))
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let state: string
let server: LocalServer
let startTime: number

beforeAll(async () => {
  folder = await temporaryFolder()
  state = join(folder.path, 'state')
  const dir = join(folder.path, 'media')
  await mkdir(dir)
  for (const [name, length] of Object.entries(FILES)) {
    await using file = await open(join(dir, name), 'w')
    await file.truncate(length)
    for (const [position, text] of marksOf(length)) await file.write(text, position)
  }
  const begun = performance.now()
  server = await serveLocally({ dir, port: 0, hostname: '127.0.0.1', stateDir: state })
  startTime = performance.now() - begun
}, 120_000)

afterAll(async () => {
  await server?.stop()
  await folder?.remove()
})

it('starts without sending large files through workerd, and keeps their holes', async () => {
  const entries = await readdir(state, { recursive: true })
  const stats = await Promise.all(entries.map((name) => stat(join(state, name))))
  const used = stats.reduce((sum, { blocks }) => sum + blocks * 512, 0)
  console.log(
    `10 GiB, sparse: ready after ${(startTime / 1000).toFixed(1)} s with ${Math.round(used / MIB)} MiB of disk`,
  )
  expect(used).toBeLessThan(100 * MIB)
  expect(startTime).toBeLessThan(60_000)
})

it.each(Object.entries(FILES))('gives the right bytes of %s at any offset', async (name, length) => {
  const marks = marksOf(length)
  const get = (ranges: string) => ask(server.port, `GET /api/stream/${name}`, [`Range: bytes=${ranges}`])
  for (const [mark, text] of marks) {
    const response = await get(`${mark}-${mark + 19}`)
    expect(headerValue(response.headers, 'content-range')).toBe(`bytes ${mark}-${mark + 19}/${length}`)
    expect(response.body.toString()).toBe(text)
  }
  const { body } = await get([...marks.keys()].map((mark) => `${mark}-${mark + 19}`).join())
  for (const text of marks.values()) expect(body.toString()).toContain(`/${length}\r\n\r\n${text}\r\n`)
})

it('streams a gibibyte whole, and holds no more of it than a few pieces', async () => {
  const marks = marksOf(GIB)
  const workerd = workerdProcesses()
  const before = residentMemory(workerd)
  const begun = performance.now()
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    httpGet(`http://127.0.0.1:${server.port}/api/stream/large.bin`, resolve).on('error', reject)
  })
  expect(response.headers['content-length']).toBe(String(GIB))
  let peak = before
  let length = 0
  let measured = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    // A client that stands still must not make the server read on.
    if (length === 0) await sleep(500)
    for (const [mark, text] of marks) {
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
  expect(length).toBe(GIB)
  expect(workerd).not.toEqual([])
  expect(peak - before).toBeLessThan(ALLOWANCE)
}, 60_000)
