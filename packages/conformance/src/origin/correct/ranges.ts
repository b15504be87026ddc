import type { ByteRange } from '../../byte-range.ts'

/**
 * The ranges of a Range field that there are (9110 §14.1.2).
 *
 * @returns `undefined` where there is no Range, or it is ignored; none where it is unsatisfiable.
 */
export function parseRanges(field: string | undefined, length: number): readonly ByteRange[] | undefined {
  // The example of 9110 §14.1.2 has white space before the first range.
  const set = /^bytes=[ \t]*(.*)$/i.exec(field ?? '')?.[1]
  if (set === undefined || length === 0) return undefined
  const specs = set.split(/[ \t]*,[ \t]*/).filter((spec) => spec !== '')
  if (specs.length === 0) return undefined
  const found: ByteRange[] = []
  for (const spec of specs) {
    const [, first, last] = /^(\d*)-(\d*)$/.exec(spec) ?? []
    if (first === undefined || last === undefined || spec === '-') return undefined
    const end = BigInt(length - 1)
    const clamp = (position: bigint) => Number(position < end ? position : end)
    if (first === '') {
      const suffixLength = clamp(BigInt(last) - 1n) + 1
      if (BigInt(last) > 0n) found.push({ firstPos: length - suffixLength, lastPos: length - 1 })
    } else if (last !== '' && BigInt(last) < BigInt(first)) return undefined
    else if (BigInt(first) <= end) {
      found.push({ firstPos: Number(first), lastPos: last === '' ? length - 1 : clamp(BigInt(last)) })
    }
  }
  return found
}
