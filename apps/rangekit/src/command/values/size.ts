const FACTORS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

/**
 * Parses a size: a number followed by `B`, `kB`, `MB`, `GB` or `TB`, which count in thousands and of which the `B` may
 * be missing, or by `KiB`, `MiB`, `GiB` or `TiB`, which count in 1,024s. Case does not matter. Without a unit, it is in
 * bytes.
 *
 * @returns whole bytes, or `undefined` for any other text and for more than 2^53 bytes.
 * @example
 * parseSize('256MiB') // 268435456
 */
export function parseSize(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([kmgt]i(?=b)|[kmgt])?b?$/i.exec(text) ?? []
  const factor = FACTORS[`${unit.toLowerCase()}b`]
  if (number === undefined || factor === undefined) return undefined
  const bytes = Math.round(Number(number) * factor)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

const UNITS = ['TiB', 'TB', 'GiB', 'GB', 'MiB', 'MB', 'KiB', 'kB'] as const

/** A size as people write it, in the largest unit of which it is a multiple: `256 MiB`. */
export function describeSize(bytes: number): string {
  const count = (unit: string) => bytes / (FACTORS[unit.toLowerCase()] ?? 1)
  const unit = UNITS.find((each) => bytes > 0 && Number.isInteger(count(each)))
  return unit === undefined
    ? `${bytes.toLocaleString('en')} bytes`
    : `${count(unit).toLocaleString('en')} ${unit}`
}
