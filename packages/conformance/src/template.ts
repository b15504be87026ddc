// Templates in vectors: `{length}`, `{last-1}`, `{etag}`, `{lastModified+1d|rfc850}`, `{zeros:400}`.
import { createHash } from 'node:crypto'
import { type DateFormat, formatDate } from './http-date.ts'
import { isWhole, type Learned, missingPath } from './learned.ts'

const secondsIn = { s: 1, m: 60, h: 3600, d: 86_400, y: 31_557_600 } as const
const token = /\{([a-zA-Z]\w*)(?:([+-]\d+)([smhdy])?)?(?:\|(\w+))?((?::[^{}:]*)*)\}/g

type Values = Readonly<Record<string, string | undefined>>

/**
 * Replaces every template in `text` by what was learned of the file.
 *
 * - numbers: `{length}`, `{last}` (= length - 1), `{half}`, with `+N` or `-N`;
 * - entity tags: `{etag}` as sent, `{opaque}` without quotes, `{strongEtag}`, `{weakEtag}`,
 *   `{swappedCase}` (opaque), `{opaquePrefix}` (opaque without its last character);
 * - dates: `{lastModified}`, `{date}` (the server's clock), with `+N` or `-N` and a unit of `s m h d y`,
 *   and a format after `|`: `imf` (default), `rfc850`, `asctime`, `iso`;
 * - the request: `{path}`, `{missingPath}`, `{host}`; digests in base64: `{sha256}`, `{sha512}`;
 * - long values: `{zeros:N}`, `{nines:N}`, `{repeat:N:text}` (joined by commas), `{spaced:N:step}` and
 *   `{spacedDown:N:step}` (N ranges of one byte, `step` apart).
 *
 * Throws RangeError for a template it does not know or that has no value for this file.
 */
export function expand(text: string, learned: Learned): string {
  return text.replace(token, (whole, name: string, offset = '0', unit = '', format = 'imf', list = '') => {
    const value =
      numberOf(name, Number(offset), learned) ??
      dateOf(name, Number(offset), unit, format, learned) ??
      longText(name, list.split(':').slice(1)) ??
      valuesOf(learned)[name]
    if (value === undefined) throw new RangeError(`no value for the template ${whole}`)
    return value
  })
}

function numberOf(name: string, offset: number, { completeLength }: Learned): string | undefined {
  const base = { length: completeLength, last: completeLength - 1, half: Math.floor(completeLength / 2) }
  return name in base ? String(base[name as keyof typeof base] + offset) : undefined
}

function dateOf(
  name: string,
  offset: number,
  unit: string,
  format: string,
  { lastModified, date }: Learned,
): string | undefined {
  const base = name === 'lastModified' ? lastModified : name === 'date' ? date : undefined
  if (base === undefined) return undefined
  const seconds = offset * (secondsIn[unit as keyof typeof secondsIn] ?? 1)
  return formatDate(new Date(base.getTime() + seconds * 1000), format as DateFormat)
}

function longText(name: string, [count = '', text = '']: readonly string[]): string | undefined {
  const each = (write: (index: number) => string) => Array.from({ length: Number(count) }, (_, i) => write(i))
  const byteAt = (position: number) => `${position}-${position}`
  switch (name) {
    case 'zeros':
      return '0'.repeat(Number(count))
    case 'nines':
      return '9'.repeat(Number(count))
    case 'repeat':
      return each(() => text).join(',')
    case 'spaced':
      return each((index) => byteAt(index * Number(text))).join(',')
    case 'spacedDown':
      return each((index) => byteAt((Number(count) - 1 - index) * Number(text))).join(',')
    default:
      return undefined
  }
}

function valuesOf(learned: Learned): Values {
  const { etag, host, path } = learned
  const digest = (algorithm: string) =>
    isWhole(learned)
      ? createHash(algorithm)
          .update(learned.samples[0]?.bytes ?? '')
          .digest('base64')
      : undefined
  return {
    host,
    path,
    missingPath: missingPath(path),
    etag: etag?.text,
    opaque: etag?.opaque,
    strongEtag: etag && `"${etag.opaque}"`,
    weakEtag: etag && `W/"${etag.opaque}"`,
    swappedCase: etag && swapCase(etag.opaque),
    opaquePrefix: etag?.opaque.slice(0, -1),
    get sha256() {
      return digest('sha256')
    },
    get sha512() {
      return digest('sha512')
    },
  }
}

export function swapCase(text: string): string {
  return text.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  )
}
