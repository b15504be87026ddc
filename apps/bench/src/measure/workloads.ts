import type { MeasureName } from '../results.ts'

/** The requests that a server is measured with. */
export interface Workload {
  readonly measure: MeasureName
  readonly connections: number
  /** Status of a correct response. */
  readonly status: number
  /** Bytes of the file in each response. */
  readonly content: number
  /** Whether the figure is bytes per second rather than requests per second. */
  readonly inBytes: boolean
  /** Header lines, one for each request, sent in turn. `undefined`: they carry the server's validator. */
  readonly lines: readonly string[] | undefined
}

/** Length of the file that is served, in bytes. */
export const FILE_LENGTH = 256 * 1024 * 1024

const KIB = 1024
const RANGES = { connections: 16, status: 206 }

export const workloads: readonly Workload[] = [
  { ...RANGES, measure: 'range-1k', content: KIB, inBytes: false, lines: randomRanges(KIB) },
  { ...RANGES, measure: 'range-64k', content: 64 * KIB, inBytes: false, lines: randomRanges(64 * KIB) },
  { ...RANGES, measure: 'range-1m', content: 1024 * KIB, inBytes: true, lines: randomRanges(1024 * KIB) },
  {
    measure: 'whole',
    connections: 1,
    status: 200,
    content: FILE_LENGTH,
    inBytes: true,
    lines: ['Accept: */*'],
  },
  { measure: 'revalidation', connections: 16, status: 304, content: 0, inBytes: false, lines: undefined },
  { ...RANGES, measure: 'multipart', content: 32 * KIB, inBytes: false, lines: randomRanges(4 * KIB, 8) },
]

/**
 * Random ranges of `length` bytes, the same in every run: `count` in each request, one from each section of the file.
 */
function randomRanges(length: number, count = 1): string[] {
  let state = 1
  const random = (below: number) => {
    // A linear congruential generator with 32 bits.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const room = FILE_LENGTH / count
  return Array.from({ length: 16_384 / count }, () => {
    const specs = Array.from({ length: count }, (_, section) => {
      const firstPos = section * room + random(room - length + 1)
      return `${firstPos}-${firstPos + length - 1}`
    })
    return `Range: bytes=${specs.join(',')}`
  })
}
