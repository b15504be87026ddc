/** Arbitrary Range fields, valid, nearly valid and hostile, each with a length that its positions are near. */
import fc from 'fast-check'

const MAX = BigInt(Number.MAX_SAFE_INTEGER)

/** Lengths of representations: small ones, powers of two, and the greatest there are. */
const completeLength = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: 300 }) },
  { weight: 3, arbitrary: fc.nat({ max: 100_000 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, 1, 2, 499, 500, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40),
  },
  { weight: 1, arbitrary: fc.maxSafeNat() },
  { weight: 1, arbitrary: fc.nat({ max: 500 }).map((less) => Number.MAX_SAFE_INTEGER - less) },
)

/** Positions at, near and far from the ends of a representation, as digits with or without leading zeros. */
function position(length: number): fc.Arbitrary<string> {
  const end = BigInt(length)
  return fc
    .oneof(
      { weight: 4, arbitrary: fc.bigInt({ min: 0n, max: end + 2n }) },
      { weight: 3, arbitrary: fc.bigInt({ min: -3n, max: 3n }).map((offset) => end + offset) },
      { weight: 3, arbitrary: fc.bigInt({ min: 0n, max: 300n }) },
      { weight: 1, arbitrary: fc.bigInt({ min: MAX - 3n, max: MAX + 3n }) },
      { weight: 1, arbitrary: fc.bigInt({ min: 2n ** 64n - 2n, max: 2n ** 64n + 2n }) },
      { weight: 1, arbitrary: fc.integer({ min: 15, max: 400 }).map((digits) => 10n ** BigInt(digits) - 1n) },
    )
    .chain((value) =>
      fc.constantFrom('', '', '', '', '0', '000').map((zeros) => zeros + (value < 0n ? 0n : value)),
    )
}

function rangeSpec(length: number): fc.Arbitrary<string> {
  const at = position(length)
  const ordered = fc.tuple(at, at).map(([a, b]) => (BigInt(a) <= BigInt(b) ? `${a}-${b}` : `${b}-${a}`))
  return fc.oneof(
    { weight: 6, arbitrary: ordered },
    { weight: 2, arbitrary: at.map((first) => `${first}-`) },
    { weight: 2, arbitrary: at.map((suffixLength) => `-${suffixLength}`) },
  )
}

const unit = fc.oneof(
  { weight: 20, arbitrary: fc.constant('bytes') },
  { weight: 2, arbitrary: fc.constantFrom('BYTES', 'Bytes', 'bYTES') },
  { weight: 1, arbitrary: fc.constantFrom('seconds', 'byte', 'bytess', 'none', '', ' bytes', 'bytes ') },
)
const separator = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(',', ', ') },
  { weight: 1, arbitrary: fc.constantFrom(' , ', ',\t', '\t,', ',,', ', ,', ' ,\t, ,') },
)
const listLength = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 1, max: 2 }) },
  { weight: 30, arbitrary: fc.integer({ min: 2, max: 6 }) },
  { weight: 1, arbitrary: fc.integer({ min: 98, max: 103 }) },
)

/** Fields within the grammar, but for a rare unit. */
function validField(length: number): fc.Arbitrary<string> {
  return listLength
    .chain((count) =>
      fc.tuple(
        unit,
        fc.constantFrom('', '', '', '', '', ' ', ' \t', ',', ' , ', ', ', '\t,,'),
        fc.array(fc.tuple(rangeSpec(length), separator), { minLength: count, maxLength: count }),
        fc.constantFrom('', '', '', '', '', ',', ' ,', ', ,'),
      ),
    )
    .map(([name, head, specs, tail]) => {
      const list = specs.map(([spec, comma], index) => (index === 0 ? spec : comma + spec))
      return `${name}=${head}${list.join('')}${tail}`
    })
}

/** All bytes but a gap, in two parts: bodies about as long as the whole representation. */
const nearlyAll = fc
  .tuple(fc.nat({ max: 300 }), fc.integer({ min: 1, max: 400 }))
  .map(([last, gap]) => `bytes=0-${last},${last + gap}-`)

const ASCII = '019--,,= \tx+./:*"\r\n\0'
/** White space, a dash and digits to a careless reader, and half a surrogate pair. */
const LOOKALIKES = '\u00a0\v\u2003\u2013\u0661\uff11\ud800'
const WORDS = ['--', '- ', ' -', 'bytes=', '1e3', '0x1', 'NaN', 'Infinity']
const hostileText = fc.constantFrom(...ASCII, ...LOOKALIKES, ...WORDS)

const mutation = fc.record({
  kind: fc.constantFrom('insert', 'replace', 'delete', 'cut', 'repeat'),
  where: fc.nat({ max: 1000 }),
  text: hostileText,
  count: fc.integer({ min: 1, max: 12 }),
})
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never

function mutate(field: string, { kind, where, text, count }: Mutation): string {
  // The front of a field is where most of its meaning is.
  const at = where % Math.min(field.length + 1, 40)
  const [front, back] = [field.slice(0, at), field.slice(at)]
  switch (kind) {
    case 'insert':
      return front + text + back
    case 'replace':
      return front + text + back.slice(1)
    case 'delete':
      return front + back.slice(1)
    case 'cut':
      return front
    case 'repeat':
      return front + back.slice(0, count) + back
  }
}

/** A valid field with one to three mutations. */
function mutatedField(length: number): fc.Arbitrary<string> {
  return fc
    .tuple(validField(length), fc.array(mutation, { minLength: 1, maxLength: 3 }))
    .map(([field, mutations]) => mutations.reduce(mutate, field))
}

const hostileField = fc.oneof(
  fc.array(hostileText, { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.array(hostileText, { maxLength: 12 }).map((pieces) => `bytes=${pieces.join('')}`),
  fc.array(fc.nat({ max: 0x17f }), { maxLength: 20 }).map((codes) => String.fromCharCode(...codes)),
  fc
    .tuple(
      fc.constantFrom(',', ' ', '0', '-', '0-,', ' ,', '0-0,', '-1,', '9', '\t'),
      fc.integer({ min: 50, max: 300 }),
    )
    .map(([text, count]) => `bytes=${text.repeat(count)}`),
)

/** The length of a representation and a Range field for it, without white space at its ends (9110 §5.5). */
export const rangeRequest = completeLength.chain((length) =>
  fc
    .oneof(
      { weight: 5, arbitrary: validField(length) },
      { weight: 4, arbitrary: mutatedField(length) },
      { weight: 1, arbitrary: hostileField },
      { weight: 1, arbitrary: nearlyAll },
    )
    .map((field) => ({ length, field: field.replace(/^[ \t]+|[ \t]+$/g, '') })),
)
