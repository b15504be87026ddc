import { checkBytes } from '@rangekit/conformance/origin'
import {
  type ByteRange,
  byteLength,
  type IntRange,
  type RangeSource,
  type Representation,
  SourceBusyError,
} from '@rangekit/range-core'
import { OriginError } from '../../src/origin/origin-error.ts'

/** Less than a test may take, so that the read that hangs is named. */
const HANG_MS = 20_000
const FILES = 8
/** Most ranges are short, so that there can be many; httpSource streams the longest. */
const SHORT = 4000
const LONG = 100_000
/** One read in so many is long, is given up by its reader, or is one of four at once. */
const LONG_EVERY = 50
const LEAVE_EVERY = 23
const PARALLEL_EVERY = 11
const LEAVE_WITHIN_MS = 20
/** Every other opener says what it is about to read; one in so many says something else. */
const HINT_EVERY = 2
const MISLEAD_EVERY = 10

export interface ChaosReads {
  /** Length of each file. */
  readonly size: number
  readonly reads: number
  /** At once. */
  readonly concurrency: number
}

/**
 * Reads ranges of a few files of a chaos origin. The same options give the same ranges.
 *
 * @returns how many reads there were by what came of them: `right`, `missing`, `left`, the fault of an `OriginError`, or
 * what was wrong, which begins with `wrong`.
 */
export async function readChaos(
  source: RangeSource,
  { size, reads, concurrency }: ChaosReads,
): Promise<ReadonlyMap<string, number>> {
  const outcomes = new Map<string, number>()
  let done = 0
  const reader = async () => {
    while (done < reads) {
      const ranges = nextRanges(done, size)
      const number = done
      done += ranges.length
      for (const outcome of await inTime(number, readOnce(source, number, ranges))) {
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, reader))
  return outcomes
}

/** Positions and lengths without a pattern: multiples of irrational numbers. */
function nextRanges(number: number, size: number): readonly ByteRange[] {
  const count = number % PARALLEL_EVERY === 0 ? 4 : 1
  return Array.from({ length: count }, (_, index) => {
    const most = (number + index) % LONG_EVERY === 0 ? LONG : SHORT
    const length = 1 + Math.floor(fraction((number + index) * Math.SQRT2) * most)
    const firstPos = Math.floor(fraction((number + index) * Math.E) * (size - length))
    return { firstPos, lastPos: firstPos + length - 1 }
  })
}

function fraction(value: number): number {
  return value - Math.floor(value)
}

async function inTime(number: number, work: Promise<readonly string[]>): Promise<readonly string[]> {
  const late = Promise.withResolvers<readonly string[]>()
  const timer = setTimeout(late.resolve, HANG_MS, [`wrong: read ${number} hangs`])
  const outcomes = await Promise.race([work, late.promise])
  clearTimeout(timer)
  return outcomes
}

/** Opens a file, reads ranges of it at once, and closes it. */
async function readOnce(
  source: RangeSource,
  number: number,
  ranges: readonly ByteRange[],
): Promise<readonly string[]> {
  const abort = new AbortController()
  const { signal } = abort
  const patience = fraction(number * Math.LN2) * LEAVE_WITHIN_MS
  const timer = number % LEAVE_EVERY === 0 ? setTimeout(() => abort.abort(), patience) : undefined
  const fault = (error: unknown) => (signal.aborted && error === signal.reason ? 'left' : faultOf(error))
  let opened: Representation | undefined
  try {
    const file = await source.open(`${number % FILES}.bin`, { signal, likelyRange: likely(number, ranges) })
    opened = file
    if (file === undefined) return ['missing']
    return await Promise.all(ranges.map((range) => readRange(file, range, signal).catch(fault)))
  } catch (error) {
    return [fault(error)]
  } finally {
    clearTimeout(timer)
    await opened?.close()
  }
}

function likely(number: number, [first]: readonly ByteRange[]): IntRange | undefined {
  if (first === undefined || number % HINT_EVERY > 0) return undefined
  return { kind: 'int', ...first, ...(number % MISLEAD_EVERY === 0 && { lastPos: undefined }) }
}

async function readRange(file: Representation, range: ByteRange, signal: AbortSignal): Promise<string> {
  const body = await file.read(range, { signal })
  const bytes = body instanceof Uint8Array ? body : await new Response(body).bytes()
  const { versions, wrongAt } = checkBytes(bytes, range.firstPos)
  if (bytes.length !== byteLength(range)) return `wrong: ${bytes.length} bytes of ${byteLength(range)}`
  if (wrongAt !== undefined) return `wrong: the byte at ${wrongAt} of ${JSON.stringify(range)}`
  if (versions.length > 1) return `wrong: versions ${versions} in one range`
  // A tag names the version of its file.
  const tag = Number(file.etag?.opaque.replace('version-', '') ?? versions[0])
  return versions.length === 0 || versions[0] === tag
    ? 'right'
    : `wrong: version ${versions} under tag ${tag}`
}

/** The fault of an error that is clear; else, what is wrong with it. */
function faultOf(error: unknown): string {
  const cause = error instanceof SourceBusyError ? error.cause : error
  return cause instanceof OriginError ? cause.fault : `wrong: unclear error ${error}`
}
