import { createHash } from 'node:crypto'
import { type DateFormat, formatDate } from '../http-date.ts'
import { isWhole, missingPath, type Subject } from '../subject/subject.ts'

const SECONDS_IN = { s: 1, m: 60, h: 3600, d: 86_400, y: 31_557_600 } as const
const TEMPLATE = /\{([a-zA-Z]\w*)(?:([+-]\d+)([smhdy])?)?(?:\|(\w+))?((?::[^{}:]*)*)\}/g

type Values = Readonly<Record<string, string | undefined>>

/**
 * Replaces every template in a text by the value that it has for the subject.
 *
 * - numbers: `{length}` (of what is still growing, the length when the run began), `{last}` (the last position), `{half}`,
 *   with `+N` or `-N`;
 * - entity tags: `{etag}` as sent, `{opaque}` without quotes, `{strongEtag}`, `{weakEtag}`, `{swappedCase}` (`opaque`
 *   with the case of its letters swapped), `{opaquePrefix}` (`opaque` without its last character);
 * - dates: `{lastModified}`, `{date}` (the server's clock), with `+N` or `-N` and a unit of `s m h d y`, and a format
 *   after `|`: `imf` (default), `rfc850`, `asctime`, `iso`;
 * - the request: `{path}`, `{missingPath}`, `{host}`;
 * - digests in base64: `{sha256}`, `{sha512}`;
 * - long values: `{zeros:N}`, `{nines:N}`, `{repeat:N:text}` (joined by commas), `{spaced:N:step}` and
 *   `{spacedDown:N:step}` (N ranges of one byte, `step` apart, ascending or descending).
 *
 * @throws RangeError for an unknown template, and for one that has no value for the subject.
 * @example
 * expand('bytes={last-9}-{last}', subject) // 'bytes=990-999' where the length is 1000
 */
export function expand(text: string, subject: Subject): string {
  return text.replace(TEMPLATE, (whole, name: string, offset = '0', unit = '', format = 'imf', list = '') => {
    const value =
      numberOf(name, Number(offset), subject) ??
      dateOf(name, Number(offset), unit, format, subject) ??
      longText(name, list.split(':').slice(1)) ??
      valuesOf(subject)[name]
    if (value === undefined) throw new RangeError(`No value for the template ${whole}`)
    return value
  })
}

function numberOf(name: string, offset: number, { currentLength }: Subject): string | undefined {
  const base = { length: currentLength, last: currentLength - 1, half: Math.floor(currentLength / 2) }
  return name in base ? String(base[name as keyof typeof base] + offset) : undefined
}

function dateOf(
  name: string,
  offset: number,
  unit: string,
  format: string,
  { lastModified, date }: Subject,
): string | undefined {
  const base = name === 'lastModified' ? lastModified : name === 'date' ? date : undefined
  if (base === undefined) return undefined
  const seconds = offset * (SECONDS_IN[unit as keyof typeof SECONDS_IN] ?? 1)
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

function valuesOf(subject: Subject): Values {
  const { etag, host, path } = subject
  const digest = (algorithm: string) =>
    isWhole(subject)
      ? createHash(algorithm)
          .update(subject.samples[0]?.bytes ?? '')
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

/** Upper-case letters to lower case and the reverse; ASCII only. */
export function swapCase(text: string): string {
  return text.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  )
}
