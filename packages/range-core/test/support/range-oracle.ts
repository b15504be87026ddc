/**
 * An oracle for planRange: what a Range field gets, worked out a second time from the text of RFC 9110 alone, slowly,
 * with BigInt and without any code of `src`. What the RFC leaves to a server is as `RangeOptions` says.
 */

/** What the response to a Range field must be. */
export interface Expected {
  readonly status: 200 | 206 | 416
  /** The bytes of the representation to send, in order. */
  readonly ranges: readonly BigRange[]
  /** `undefined`: none can be declared. */
  readonly contentLength: bigint | undefined
  readonly contentRange: string | undefined
  /** The literal text of a multipart body: one before each range, one after the last. Otherwise empty. */
  readonly literals: readonly string[]
}

/** Both positions are zero-based and inclusive. */
interface BigRange {
  readonly first: bigint
  readonly last: bigint
}

interface OracleOptions {
  readonly boundary: string
  /** Default: none. */
  readonly contentType?: string | undefined
  /** Default: 100. */
  readonly maxRanges?: number | undefined
  /** Whether more bytes may follow; it is not known how many. Default: no. */
  readonly isLengthUnknown?: boolean
}

// The grammar of 9110 §5.6.3, §5.6.1.2 and §14.1.1 as it is written there, and white space before the list as in an
// example of 9110 §14.1.2. A field value has no white space at its ends (9110 §5.5).
const OWS = '[ \\t]*'
const RANGE_SPEC = '(?:[0-9]+-[0-9]*|-[0-9]+)'
const LIST = new RegExp(`^${OWS}(?:${RANGE_SPEC})?(?:${OWS},${OWS}(?:${RANGE_SPEC})?)*$`)
const RANGES_SPECIFIER = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=([\s\S]*)$/

/** The very large last position of RFC 8673 §2.2. */
const VERY_LARGE = 2n ** 53n - 1n

/** What `field` gets of a representation that has `length` bytes now. */
export function expectedOf(field: string, length: bigint, options: OracleOptions): Expected {
  const completeLength = options.isLengthUnknown ? '*' : length
  const asked = completeLength === 0n ? undefined : readRangeSet(field)
  if (asked === undefined || asked.length > (options.maxRanges ?? 100)) return whole(completeLength)

  const [first = '', last = ''] = asked.length === 1 ? (asked[0] ?? '').split('-') : []
  const isOpen = first !== '' && (last === '' || BigInt(last) >= VERY_LARGE)
  if (options.isLengthUnknown && isOpen && BigInt(first) <= length && BigInt(first) < VERY_LARGE) {
    const ranges = [{ first: BigInt(first), last: VERY_LARGE }]
    const contentRange = `bytes ${BigInt(first)}-9007199254740991/*`
    return { status: 206, ranges, contentLength: undefined, contentRange, literals: [] }
  }
  const satisfiable = asked.flatMap((spec) => satisfy(spec, length))
  if (satisfiable.length === 0) {
    const contentRange = `bytes */${length}`
    return { status: 416, ranges: [], contentLength: 0n, contentRange, literals: [] }
  }
  const type = options.contentType === undefined ? '' : `Content-Type: ${options.contentType}\r\n`
  const header = (range: BigRange) => `${type}Content-Range: ${contentRangeOf(range, completeLength)}\r\n\r\n`
  const delimiter = `\r\n--${options.boundary}\r\n`
  const end = options.isLengthUnknown ? VERY_LARGE : length
  const farthest = { first: end, last: end }
  const ranges = coalesce(satisfiable, BigInt((delimiter + header(farthest)).length))

  const [only] = ranges
  if (ranges.length === 1 && only !== undefined) {
    const contentRange = contentRangeOf(only, completeLength)
    return { status: 206, ranges, contentLength: lengthOf(only), contentRange, literals: [] }
  }
  const literals = [
    ...ranges.map((range, index) => (index === 0 ? delimiter.slice(2) : delimiter) + header(range)),
    `\r\n--${options.boundary}--\r\n`,
  ]
  const around = literals.reduce((sum, text) => sum + BigInt(new TextEncoder().encode(text).length), 0n)
  const contentLength = ranges.reduce((sum, range) => sum + lengthOf(range), around)
  // Past 2^53 - 1 a length cannot be written exactly.
  const tooLong = contentLength > length + 4096n || contentLength >= 2n ** 53n
  return tooLong
    ? whole(completeLength)
    : { status: 206, ranges, contentLength, contentRange: undefined, literals }
}

/** The ranges of a valid field in bytes, as text; `undefined` for every field that is ignored. */
function readRangeSet(field: string): readonly string[] | undefined {
  const [, unit, set] = RANGES_SPECIFIER.exec(field) ?? []
  if (unit?.toLowerCase() !== 'bytes' || set === undefined || !LIST.test(set)) return undefined
  const specs = set.split(',').flatMap((element) => element.replace(/[ \t]/g, '') || [])
  const valid = specs.every((spec) => {
    const [first = '', last = ''] = spec.split('-')
    return first === '' || last === '' || BigInt(last) >= BigInt(first)
  })
  return valid && specs.length > 0 ? specs : undefined
}

/** The bytes that one range selects (9110 §14.1.2), as a list of one; an empty list if it is unsatisfiable. */
function satisfy(spec: string, completeLength: bigint): BigRange[] {
  const [first = '', last = ''] = spec.split('-')
  if (first === '') {
    const suffixLength = BigInt(last)
    if (suffixLength === 0n || completeLength === 0n) return []
    const skipped = completeLength - suffixLength
    return [{ first: skipped < 0n ? 0n : skipped, last: completeLength - 1n }]
  }
  const firstPos = BigInt(first)
  if (firstPos >= completeLength) return []
  const lastPos = last === '' || BigInt(last) >= completeLength ? completeLength - 1n : BigInt(last)
  return [{ first: firstPos, last: lastPos }]
}

/** Joins any two ranges that overlap, touch or are nearer than a part costs, until no two are (9110 §15.3.7.2). */
function coalesce(asked: readonly BigRange[], partCost: bigint): readonly BigRange[] {
  const ranges = [...asked]
  for (let a = 0; a < ranges.length; a++) {
    for (let b = a + 1; b < ranges.length; b++) {
      const [one, other] = [ranges[a], ranges[b]]
      if (one === undefined || other === undefined) continue
      const gap = larger(one.first, other.first) - smaller(one.last, other.last) - 1n
      if (gap > 0n && gap >= partCost) continue
      ranges[a] = { first: smaller(one.first, other.first), last: larger(one.last, other.last) }
      ranges.splice(b, 1)
      // The joined range is larger: one that was passed over may touch it now, so begin again.
      a = -1
      break
    }
  }
  return ranges
}

function whole(completeLength: bigint | '*'): Expected {
  if (completeLength === '*') {
    const ranges = [{ first: 0n, last: VERY_LARGE }]
    return { status: 200, ranges, contentLength: undefined, contentRange: undefined, literals: [] }
  }
  const ranges = completeLength === 0n ? [] : [{ first: 0n, last: completeLength - 1n }]
  return { status: 200, ranges, contentLength: completeLength, contentRange: undefined, literals: [] }
}

const contentRangeOf = ({ first, last }: BigRange, completeLength: bigint | '*') =>
  `bytes ${first}-${last}/${completeLength}`
const lengthOf = ({ first, last }: BigRange) => last - first + 1n
const smaller = (a: bigint, b: bigint) => (a < b ? a : b)
const larger = (a: bigint, b: bigint) => (a > b ? a : b)
