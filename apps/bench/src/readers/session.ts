import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import {
  bytesAt,
  type ChaosOrigin,
  checkBytes,
  type FaultName,
  startChaosOrigin,
} from '@rangekit/conformance/origin'
import { makeFolder } from '@rangekit/test-kit/folder'
import { endGroup, start } from '@rangekit/test-kit/processes'
import type { Download } from './downloads.ts'
import type { Reader } from './readers.ts'
import type { Outcome } from './results.ts'

const MIB = 1024 * 1024
const SIZE = 32 * MIB
/** More of the file than buffers on the way take. */
const MOST_OF_IT = SIZE / 2
const READ = 100_000
/** Far apart, so that none is read ahead of another. */
const POSITIONS = [1_000_001, 12_345_678, 23_456_789] as const
const DOWNLOAD_SIZE = 4 * MIB
/** What a download has before it is resumed. */
const HAVE = DOWNLOAD_SIZE / 4
const NAME = 'film.bin'
const SLOW_MS = 4000
const POLL_MS = 20
const RECORDED_MS = 1000

export interface SessionOptions {
  readonly fault: FaultName
  /** Of the origin: where in the body a fault happens. */
  readonly seed: number
  /** Milliseconds after which the outcome is `waits`. */
  readonly limitMs: number
}

/**
 * Reads three ranges one after the other; the fault happens once, to the first request that it can happen to after the
 * first range.
 *
 * @returns `undefined` if it happened to none.
 */
export async function readSession(reader: Reader, options: SessionOptions): Promise<Outcome | undefined> {
  await using origin = await startOnce(options, SIZE)
  // HEAD is sent when a file is opened, if at all.
  if (options.fault === 'no-head') origin.arm()
  const outcome = await readThree(reader, origin, options.limitMs).catch((): Outcome => 'error')
  return origin.hasHappened() ? outcome : undefined
}

async function readThree(reader: Reader, origin: OnceOrigin, limitMs: number): Promise<Outcome> {
  const file = await reader.open(origin.url)
  const seen = new Set<number>()
  let transferred = 0
  try {
    for (const [index, position] of POSITIONS.entries()) {
      if (index === 1) {
        origin.arm()
        transferred = origin.counts.bytes
      }
      const bytes = await inTime(limitMs, file.read(position, position + READ - 1))
      if (bytes === 'waits') return bytes
      const { versions, wrongAt } = checkBytes(bytes, position)
      if (wrongAt !== undefined || bytes.length !== READ) return 'wrong'
      if (versions.length > 1) return 'mixed'
      for (const version of versions) seen.add(version)
    }
  } finally {
    await file.close?.()
  }
  if (seen.size > 1 && !reader.isStateless) return 'mixed'
  return origin.counts.bytes - transferred > MOST_OF_IT ? 'whole' : 'right'
}

/** Completes a file; the fault happens once, to the first request that it can happen to. */
export async function downloadSession(
  download: Download,
  options: SessionOptions,
): Promise<Outcome | undefined> {
  await using origin = await startOnce(options, DOWNLOAD_SIZE)
  using folder = makeFolder()
  const path = folder.at(NAME)
  const [file, ...args] = download.command(origin.url, folder.path, NAME)
  if (download.keepsRecord) await beginDownload(origin, file, args)
  else await writeFile(path, bytesAt(1, 0, HAVE - 1))
  origin.arm()
  const child = start(file, args, { stdio: 'ignore' })
  const ended = once(child, 'exit')
  const judged = ended.then(async ([code]) => (code === 0 ? judge(await readFile(path)) : 'error'))
  const outcome = await inTime<Outcome>(options.limitMs, judged)
  endGroup(child)
  await ended
  return origin.hasHappened() ? outcome : undefined
}

/** Kills a download when a part of the file has come. */
async function beginDownload(origin: OnceOrigin, file: string, args: readonly string[]): Promise<void> {
  const child = start(file, args, { stdio: 'ignore' })
  const ended = once(child, 'exit')
  origin.slow()
  while (origin.counts.bytes < HAVE && child.exitCode === null) await setTimeout(POLL_MS)
  // Until it has recorded what has come.
  await setTimeout(RECORDED_MS)
  endGroup(child)
  await ended
}

function judge(bytes: Uint8Array): Outcome {
  const { versions, wrongAt } = checkBytes(bytes, 0)
  if (wrongAt !== undefined || bytes.length !== DOWNLOAD_SIZE) return 'wrong'
  return versions.length > 1 ? 'mixed' : 'right'
}

interface OnceOrigin extends ChaosOrigin {
  /** Bodies take long until it is armed. */
  slow(): void
  /** The next request that the fault can happen to meets it; those after it do not. */
  arm(): void
  hasHappened(): boolean
}

async function startOnce({ fault, seed, limitMs }: SessionOptions, size: number): Promise<OnceOrigin> {
  let isArmed = false
  let happened = false
  const origin = await startChaosOrigin({
    size,
    seed,
    rate: 0,
    faults: [fault],
    stallMs: 2 * limitMs,
    slowMs: SLOW_MS,
    onFault: () => {
      if (!isArmed) return
      happened = true
      origin.configure({ rate: 0 })
    },
  })
  const arm = () => {
    if (!happened) origin.configure({ rate: 1, faults: [fault] })
    isArmed = true
  }
  const slow = () => origin.configure({ rate: 1, faults: ['slow'] })
  return { ...origin, arm, slow, hasHappened: () => happened }
}

function inTime<T>(limitMs: number, work: Promise<T>): Promise<T | 'waits'> {
  const abort = new AbortController()
  const late = setTimeout(limitMs, 'waits' as const, { signal: abort.signal })
  late.catch(() => {})
  return Promise.race([work, late]).finally(() => abort.abort())
}
