import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { shared, sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { start } from '@rangekit/test-kit/processes'
import { exchange, field } from '@rangekit/test-kit/raw'
import { startRecordingProxy } from '@rangekit/test-kit/recording-proxy'
import { findTool } from '@rangekit/test-kit/tools'
import { words } from '@rangekit/test-kit/words'
import { afterAll, type ExpectStatic, it } from 'vitest'
import { startFileHost } from './support/file-host.ts'
import { commandLine, startServer } from './support/server.ts'
import { type Watched, watchFile } from './support/watch-file.ts'

const BYTES = positionBytes(8_000_001)
/** Bytes a second on each connection: four seconds on four, in which aria2 notes three times. */
const RATE = 500_000
/** The first piece of aria2. */
const PIECE = 1024 * 1024
/** The most bytes of a range that is asked for. */
const MOST = 200_000

const host = await startFileHost()
afterAll(() => host.stop())
const folder = sharedFolder()
const server = sharedServer(() => startServer(folder.path))
const origin = shared(
  () => startRecordingProxy(Number(new URL(host.origin).port), RATE),
  (proxy) => proxy.close(),
)
host.reset({ bytes: BYTES, fields: { etag: '"one"' } })

interface Writer {
  readonly what: string
  readonly isThere: boolean
  /** What it keeps while it is at work, behind the name of the file. */
  readonly record: string
  /** Whether it notes there how far it is. */
  readonly notes: boolean
  /** What it has written by its own account, and where. Default: not known. */
  progress?(name: string): { readonly file: string; readonly done: readonly (readonly [number, number])[] }
  commandLine(url: string, name: string): readonly string[]
}

const aria2c = findTool('aria2c', 'aria2')
const aria2 = (notes: boolean, flags: string): Omit<Writer, 'what'> => ({
  isThere: aria2c !== undefined,
  record: '.aria2',
  notes,
  commandLine: (url, name) => [
    aria2c ?? '',
    ...words(`--no-conf -q -c -x4 -s4 -k1M ${flags} -d`),
    folder.path,
    '-o',
    name,
    url,
  ],
})

const WRITERS: readonly Writer[] = [
  { what: 'aria2c', ...aria2(true, '--file-allocation=none --auto-save-interval=1') },
  {
    what: 'aria2c that allocates first',
    ...aria2(true, '--file-allocation=prealloc --auto-save-interval=1'),
  },
  {
    what: 'aria2c that notes nothing before its end',
    ...aria2(false, '--file-allocation=falloc --disk-cache=0'),
  },
  {
    what: 'rangekit get',
    isThere: true,
    record: '.part.json',
    notes: true,
    progress: (name) => ({
      file: folder.at(`${name}.part`),
      done: JSON.parse(readFileSync(folder.at(`${name}.part.json`), 'utf8')).done,
    }),
    commandLine: (url, name) => commandLine('get', url, '-o', folder.at(name), '--connections', '4'),
  },
]

it.concurrent.for(WRITERS.filter(({ isThere }) => isThere))(
  'what $what downloads is read correctly meanwhile, as far as it notes, also after it was killed and goes on',
  async (writer, { expect }) => {
    const name = `${writer.what.replaceAll(' ', '-')}.bin`
    const path = `/api/stream/${name}`
    const killed = await begin(writer, name, expect)
    const reader = await watchFile(`${server.origin}${path}`)
    const end = ask(path, ['Range: bytes=-1000'])
    const readers = Array.from({ length: 4 }, (_, index) => readOn(path, index))
    if (writer.notes) await expectProgress(writer, { name, reader, expect })
    else {
      await expect.poll(() => isWritten(folder.at(name), 0, PIECE), { timeout: 30_000 }).toBe(true)
      // It is written, but nothing says so.
      expect(reader.length).toBe(0)
    }
    await stop(killed)
    const [code] = await once(await begin(writer, name, expect), 'exit')
    expect(code).toBe(0)

    expect(sameBytes(await reader.whole, BYTES)).toBe(true)
    expect(summary(await end, BYTES.subarray(-1000))).toEqual({ status: 206, complete: true, isSame: true })
    expect(new Set((await Promise.all(readers)).flat())).toEqual(new Set(['right']))
    expect(existsSync(folder.at(name + writer.record))).toBe(false)
    expect(sameBytes(readFileSync(folder.at(name)), BYTES)).toBe(true)
  },
)

/** Expects that a reader gets more and more, and that nothing is noted which is not written yet. */
async function expectProgress(
  writer: Writer,
  { name, reader, expect }: { name: string; reader: Watched; expect: ExpectStatic },
): Promise<void> {
  let before = 0
  for (let step = 0; step < 2; step++) {
    await expect
      .poll(
        () => {
          const { file, done } = writer.progress?.(name) ?? { file: '', done: [] }
          for (const [first, end] of done) expect(isWritten(file, first, end)).toBe(true)
          return reader.length
        },
        { interval: 100, timeout: 30_000 },
      )
      .toBeGreaterThan(before)
    before = reader.length
  }
  expect(before).toBeLessThan(BYTES.byteLength)
}

/** Whether a part of a file is there. */
function isWritten(path: string, first: number, end: number): boolean {
  const file = openSync(path, 'r')
  const bytes = Buffer.alloc(end - first)
  readSync(file, bytes, { position: first })
  closeSync(file)
  return sameBytes(bytes, BYTES.subarray(first, end))
}

/** One request, which may wait as long as the download takes. */
function ask(path: string, fields: readonly string[] = []): ReturnType<typeof exchange> {
  return exchange(server.port, `GET ${path}`, fields, { timeoutMs: 50_000 })
}

function summary({ status, complete, body }: Awaited<ReturnType<typeof exchange>>, expected: Uint8Array) {
  return { status, complete, isSame: sameBytes(body, expected) }
}

async function begin(writer: Writer, name: string, expect: ExpectStatic): Promise<ChildProcess> {
  const [file = '', ...args] = writer.commandLine(`http://127.0.0.1:${origin.port}/${name}`, name)
  const child = start(file, args, { stdio: 'ignore' })
  await expect
    .poll(() => existsSync(folder.at(name + writer.record)), { interval: 20, timeout: 30_000 })
    .toBe(true)
  return child
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

/** Reads ranges at random, from the front to the end, until it has read the last byte. Returns how each was. */
async function readOn(path: string, index: number): Promise<string[]> {
  const results: string[] = []
  for (let first = index * 1000; first < BYTES.byteLength; first += Math.ceil(Math.random() * 3 * MOST)) {
    const last = Math.min(first + MOST, BYTES.byteLength) - 1
    const answer = await ask(path, [`Range: bytes=${first}-${last}`])
    const isRight =
      field(answer, 'content-range') === `bytes ${first}-${last}/${BYTES.byteLength}` &&
      sameBytes(answer.body, BYTES.subarray(first, last + 1))
    results.push(isRight ? 'right' : `${first}-${last}: ${answer.status}, ${answer.body.byteLength} bytes`)
  }
  return results
}
