// The work that servers are given.
import type { MeasureName } from './results.ts'

export interface Work {
  readonly measure: MeasureName
  readonly connections: number
  readonly status: number
  /** Body bytes of the file that an answer carries. */
  readonly content: number
  /** Whether the figure is bytes rather than requests per second. */
  readonly inBytes: boolean
  /** Header lines to send in turn; undefined when they depend on what the server says. */
  readonly lines: readonly string[] | undefined
}

export const fileLength = 256 * 1024 * 1024

const kib = 1024
const ranges = { connections: 16, status: 206 }

export const works: readonly Work[] = [
  { ...ranges, measure: 'range-1k', content: kib, inBytes: false, lines: randomRanges(kib) },
  { ...ranges, measure: 'range-64k', content: 64 * kib, inBytes: false, lines: randomRanges(64 * kib) },
  { ...ranges, measure: 'range-1m', content: 1024 * kib, inBytes: true, lines: randomRanges(1024 * kib) },
  {
    measure: 'whole',
    connections: 1,
    status: 200,
    content: fileLength,
    inBytes: true,
    lines: ['Accept: */*'],
  },
  { measure: 'revalidation', connections: 16, status: 304, content: 0, inBytes: false, lines: undefined },
  { ...ranges, measure: 'multipart', content: 32 * kib, inBytes: false, lines: randomRanges(4 * kib, 8) },
]

/** The same ones for every server: `parts` ranges in each request, one in each part of the file. */
function randomRanges(length: number, parts = 1): string[] {
  let state = 1
  const random = (below: number) => {
    // A linear congruential generator, 32 bits.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const room = fileLength / parts
  return Array.from({ length: 16_384 / parts }, () => {
    const specs = Array.from({ length: parts }, (_, part) => {
      const firstPos = part * room + random(room - length + 1)
      return `${firstPos}-${firstPos + length - 1}`
    })
    return `Range: bytes=${specs.join(',')}`
  })
}
