import { open, readdir, stat } from 'node:fs/promises'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { headerValue } from '@rangekit/conformance'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { expect, it } from 'vitest'
import { serveLocally } from '../src/local.ts'
import { ask, residentMemory, workerdProcesses } from './support/workerd.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB
/** The lengths of the files, which are sparse. */
const FILES = { 'large.bin': GIB, 'huge.bin': 10 * GIB } as const
/** How much the memory of workerd may grow, in bytes, while it sends a gibibyte. */
const ALLOWANCE = 64 * MIB

/** Texts of 20 bytes in an otherwise sparse file, each of which says its own position. */
function marksOf(length: number): ReadonlyMap<number, string> {
  const marks = [0, 65_530, length / 2 - 5, length - 20]
  return new Map(marks.map((mark) => [mark, String(mark).padStart(20, '.')]))
}

const media = sharedFolder(async ({ putSparse }) => {
  for (const [name, length] of Object.entries(FILES)) {
    await using file = await open(putSparse(name, length), 'r+')
    for (const [position, text] of marksOf(length)) await file.write(text, position)
  }
})
const state = sharedFolder()
let startTime = Number.NaN
const server = sharedServer(async () => {
  const started = performance.now()
  const local = await serveLocally({
    dir: media.path,
    port: 0,
    hostname: '127.0.0.1',
    stateDir: state.path,
  })
  startTime = performance.now() - started
  return local
}, 120_000)

it('starts without copying large files through workerd, and keeps them sparse', async () => {
  const entries = await readdir(state.path, { recursive: true })
  const stats = await Promise.all(entries.map((name) => stat(state.at(name))))
  const used = stats.reduce((sum, { blocks }) => sum + blocks * 512, 0)
  console.log(
    `10 GiB, sparse: ready after ${(startTime / 1000).toFixed(1)} s with ${Math.round(used / MIB)} MiB of disk`,
  )
  expect(used).toBeLessThan(100 * MIB)
  expect(startTime).toBeLessThan(60_000)
})

it.each(Object.entries(FILES))('sends the correct bytes of %s at any position', async (name, length) => {
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

it('streams a gibibyte, and holds only a few pieces of it', async () => {
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
    // While the client pauses, the server must not read on.
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
