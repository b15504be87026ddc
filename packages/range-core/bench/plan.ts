/**
 * Measures planning: `node packages/range-core/bench/plan.ts` prints microseconds per call, each the median of several
 * rounds.
 */
import { parseRange, planRange, planResponse } from '../src/index.ts'

const ROUNDS = 9
/** In milliseconds. */
const ROUND_TIME = 40

/** Microseconds per call. */
function measure(call: () => unknown): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    let calls = 0
    const started = performance.now()
    let elapsed = 0
    while (elapsed < ROUND_TIME) {
      for (let batch = 0; batch < 10; batch++) call()
      calls += 10
      elapsed = performance.now() - started
    }
    return (elapsed * 1000) / calls
  })
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN
}

function print(name: string, ...figures: readonly number[]): void {
  console.log(name.padEnd(58), ...figures.map((figure) => figure.toFixed(figure < 10 ? 2 : 0).padStart(9)))
}

const representation = {
  completeLength: 1_000_000,
  contentType: 'video/mp4',
  etag: { opaque: 'k3v9z1x8-lfls', weak: false },
  lastModified: new Date('2020-01-02T03:04:05Z'),
}
const request = (fields: Record<string, string>) => ({ method: 'GET', headers: new Headers(fields) })
const typical = {
  Accept: '*/*',
  Range: 'bytes=0-499',
  'User-Agent': 'Mozilla/5.0',
  'Accept-Encoding': 'identity',
}
const plain = request(typical)
const conditional = request({ ...typical, 'If-Range': '"k3v9z1x8-lfls"' })
const dated = request({ ...typical, 'If-Range': 'Thu, 02 Jan 2020 03:04:05 GMT' })
const fresh = request({ 'If-None-Match': '"a", "b", W/"k3v9z1x8-lfls"' })

const calls: Readonly<Record<string, () => unknown>> = {
  "planRange('bytes=0-499', 1e6)": () => planRange('bytes=0-499', 1e6),
  "planRange('bytes=0-0,500000-500499,-500', 1e6)": () => planRange('bytes=0-0,500000-500499,-500', 1e6),
  'planResponse, a range': () => planResponse(plain, representation),
  'planResponse, a range with a tag in If-Range': () => planResponse(conditional, representation),
  'planResponse, a range with a date in If-Range': () => planResponse(dated, representation),
  'planResponse, 304': () => planResponse(fresh, representation),
}
console.log(`node ${process.version}, microseconds per call\n`)
for (const [name, call] of Object.entries(calls)) print(name, measure(call))

const KIB = [4, 8, 16] as const
const fill = (text: string, kib: number) => `bytes=${text.repeat(kib * 1024)}`.slice(0, kib * 1024)
/** Fields made to take as long as they can, by their length in KiB. Twice the length should take twice the time. */
const hostile: Readonly<Record<string, (kib: number) => string>> = {
  'one position of all digits': (kib) => `${fill('9', kib)}-`,
  'a last position of all digits, less than the first': (kib) =>
    `${fill('9', kib / 2)}-${'8'.repeat(kib * 512)}`,
  'leading zeros': (kib) => `${fill('0', kib)}1-`,
  'empty elements': (kib) => fill(',', kib),
  'white space': (kib) => fill(' ', kib),
  'white space between commas': (kib) => fill(' , ', kib),
  'equal ranges': (kib) => fill('0-0,', kib),
  'equal ranges and an invalid one at the end': (kib) => `${fill('0-0,', kib)}x`,
  suffixes: (kib) => fill('-1,', kib),
  'another unit': (kib) => `${'x'.repeat(kib * 1024)}=0-0`,
}
console.log(
  `\n${'parseRange of hostile fields of'.padEnd(58)} ${KIB.map((kib) => `${kib} KiB`.padStart(9)).join(' ')}`,
)
for (const [name, fieldOf] of Object.entries(hostile)) {
  const fields = KIB.map(fieldOf)
  print(name, ...fields.map((field) => measure(() => parseRange(field))))
}
