import type { ByteRange } from '@rangekit/range-core'
import { collect, expectRange, versionBytes, withRepresentation } from './fixture.ts'
import type { SourceCheck, SourceHarness } from './harness.ts'

/** Longer than a source is likely to read at once, and no multiple of a power of two. */
const LENGTH = 700_001
const LAST = LENGTH - 1
const RANGES: readonly ByteRange[] = [
  { firstPos: 0, lastPos: 0 },
  { firstPos: LAST, lastPos: LAST },
  { firstPos: 0, lastPos: LAST },
  { firstPos: 1, lastPos: LAST - 1 },
  // Across the boundaries of pieces of 4, 16, 64, 256 and 512 KiB.
  ...[12, 14, 16, 18, 19].map((power) => ({ firstPos: 2 ** power - 3, lastPos: 2 ** power + 4 })),
  ...[16, 18, 19].map((power) => ({ firstPos: 0, lastPos: 2 ** power - 1 })),
  { firstPos: 2 ** 18, lastPos: 2 ** 19 - 1 },
  { firstPos: 123_457, lastPos: 654_321 },
]

/** What is read is what was put. */
export function byteChecks(harness: SourceHarness): SourceCheck[] {
  const key = 'contract/bytes.bin'
  const whole = versionBytes(LENGTH, 1)

  return [
    {
      name: 'knows the complete length of what it opens',
      async run() {
        for (const length of [0, 1, 2, 1000, LENGTH]) {
          const name = `contract/length-${length}.bin`
          await harness.put(name, versionBytes(length, 1))
          await withRepresentation(harness.source, name, async ({ completeLength }) => {
            if (completeLength !== length) throw new Error(`Expected ${length} bytes, got ${completeLength}`)
          })
        }
      },
    },
    {
      name: 'delivers exactly the bytes of any range',
      async run() {
        await harness.put(key, whole)
        await withRepresentation(harness.source, key, async (representation) => {
          for (const range of RANGES)
            expectRange(await collect(await representation.read(range)), range, whole)
        })
      },
    },
    {
      name: 'delivers exactly the bytes of several ranges at once',
      async run() {
        await harness.put(key, whole)
        const readAll = () =>
          withRepresentation(harness.source, key, async (representation) => {
            const read = async (range: ByteRange) =>
              expectRange(await collect(await representation.read(range)), range, whole)
            await Promise.all(RANGES.map(read))
          })
        await Promise.all([readAll(), readAll(), readAll()])
      },
    },
    {
      name: 'delivers the same bytes through readInto, if it has that',
      async run() {
        await harness.put(key, whole)
        await withRepresentation(harness.source, key, async (representation) => {
          if (representation.readInto === undefined) return
          for (const { firstPos, lastPos } of RANGES) {
            const target = new Uint8Array(lastPos - firstPos + 1)
            for (let filled = 0; filled < target.byteLength; ) {
              const space = target.subarray(filled)
              const count = await representation.readInto(space, firstPos + filled)
              if (!(count >= 1 && count <= space.byteLength)) {
                throw new Error(
                  `readInto of ${space.byteLength} bytes from ${firstPos + filled} resolved to ${count}`,
                )
              }
              filled += count
            }
            expectRange(target, { firstPos, lastPos }, whole)
          }
        })
      },
    },
    {
      name: 'has the same bytes in memory as it reads, and they never change, if it shows them',
      async run() {
        await harness.put(key, whole)
        await withRepresentation(harness.source, key, async (representation) => {
          const { peek, readInto } = representation
          if (peek === undefined) return
          if (readInto === undefined) throw new Error('A source with peek needs readInto as well')
          const seen: { readonly bytes: Uint8Array; readonly range: ByteRange }[] = []
          for (const { firstPos, lastPos } of RANGES) {
            for (let position = firstPos; position <= lastPos; ) {
              const limit = lastPos - position + 1
              const bytes = peek.call(representation, position, limit)
              if (bytes === undefined) {
                const target = new Uint8Array(Math.min(limit, 2 ** 16))
                position += await readInto.call(representation, target, position)
              } else if (bytes.byteLength >= 1 && bytes.byteLength <= limit) {
                seen.push({ bytes, range: { firstPos: position, lastPos: position + bytes.byteLength - 1 } })
                position += bytes.byteLength
              } else {
                throw new Error(`peek of ${limit} bytes from ${position} gave ${bytes.byteLength}`)
              }
            }
          }
          for (const { bytes, range } of seen) expectRange(bytes, range, whole)
          if (peek.call(representation, LENGTH, 1) !== undefined)
            throw new Error('peek gave bytes past the end')
        })
      },
    },
    {
      name: 'can be read again after a stream was cancelled in the middle',
      async run() {
        await harness.put(key, whole)
        await withRepresentation(harness.source, key, async (representation) => {
          const bytes = await representation.read({ firstPos: 0, lastPos: LAST })
          const stream = bytes instanceof ReadableStream ? bytes : new Blob([bytes]).stream()
          const reader = stream.getReader()
          const { value } = await reader.read()
          if (value === undefined) throw new Error('The stream of a range is empty')
          await reader.cancel()
          const range = { firstPos: 5, lastPos: 9 }
          expectRange(await collect(await representation.read(range)), range, whole)
        })
      },
    },
  ]
}
