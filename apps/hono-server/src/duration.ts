const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }

/**
 * Reads a duration as people write it: a number with `ms`, `s`, `m`, `h` or `d` behind it; without one, seconds.
 *
 * @returns seconds, or `undefined` where it is none.
 * @example
 * parseDuration('2h') // 7200
 */
export function parseDuration(text: string): number | undefined {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? []
  const factor = SECONDS[unit]
  return number === undefined || factor === undefined ? undefined : Number(number) * factor
}
