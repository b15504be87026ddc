import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { shared, sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { start } from '@rangekit/test-kit/processes'
import { exchange, field } from '@rangekit/test-kit/raw'
import { startRecordingProxy } from '@rangekit/test-kit/recording-proxy'
import { findTool } from '@rangekit/test-kit/tools'
import { words } from '@rangekit/test-kit/words'
import { afterAll, expect, it } from 'vitest'
import { startFileHost } from './support/file-host.ts'
import { commandLine, startServer } from './support/server.ts'

const BYTES = positionBytes(8_000_001)
/** Bytes a second on each connection: two seconds on four. */
const RATE = 1_000_000
/** Milliseconds until it is killed. */
const WORKS_FOR = 1000
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
  commandLine(url: string, name: string): readonly string[]
}

const aria2c = findTool('aria2c', 'aria2')
const aria2 = (flags: string): Omit<Writer, 'what'> => ({
  isThere: aria2c !== undefined,
  record: '.aria2',
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
  { what: 'aria2c', ...aria2('--file-allocation=none --auto-save-interval=1') },
  { what: 'aria2c that allocates first', ...aria2('--file-allocation=prealloc --auto-save-interval=1') },
  { what: 'aria2c that notes nothing before its end', ...aria2('--file-allocation=falloc') },
  {
    what: 'rangekit get',
    isThere: true,
    record: '.part.json',
    commandLine: (url, name) => commandLine('get', url, '-o', folder.at(name), '--connections', '4'),
  },
]

it.concurrent.each(WRITERS.filter(({ isThere }) => isThere))(
  'what $what downloads is read correctly meanwhile, also after it was killed and goes on',
  async (writer) => {
    const name = `${writer.what.replaceAll(' ', '-')}.bin`
    const path = `/api/stream/${name}`
    const killed = await begin(writer, name)
    const whole = ask(path)
    const end = ask(path, ['Range: bytes=-1000'])
    const readers = Array.from({ length: 4 }, (_, index) => readOn(path, index))
    await sleep(WORKS_FOR)
    await stop(killed)
    const [code] = await once(await begin(writer, name), 'exit')
    expect(code).toBe(0)

    expect(summary(await whole, BYTES)).toEqual({ status: 200, complete: true, isSame: true })
    expect(summary(await end, BYTES.subarray(-1000))).toEqual({ status: 206, complete: true, isSame: true })
    expect(new Set((await Promise.all(readers)).flat())).toEqual(new Set(['right']))
    expect(existsSync(folder.at(name + writer.record))).toBe(false)
    expect(sameBytes(readFileSync(folder.at(name)), BYTES)).toBe(true)
  },
)

/** One request, which may wait as long as the download takes. */
function ask(path: string, fields: readonly string[] = []): ReturnType<typeof exchange> {
  return exchange(server.port, `GET ${path}`, fields, { timeoutMs: 50_000 })
}

function summary({ status, complete, body }: Awaited<ReturnType<typeof exchange>>, expected: Uint8Array) {
  return { status, complete, isSame: sameBytes(body, expected) }
}

async function begin(writer: Writer, name: string): Promise<ChildProcess> {
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
