const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }

/**
 * Parses a duration: a number followed by `ms`, `s`, `m`, `h` or `d`. Without a unit, it is in seconds.
 *
 * @returns seconds, or `undefined` for any other text.
 * @example
 * parseDuration('2h') // 7200
 */
export function parseDuration(text: string): number | undefined {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? []
  const factor = SECONDS[unit]
  return number === undefined || factor === undefined ? undefined : Number(number) * factor
}
