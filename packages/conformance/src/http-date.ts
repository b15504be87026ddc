/**
 * Dates in fields (9110 §5.6.7). The checker has its own code for them, so that it never shares a mistake with the
 * server that it judges.
 */

/** The three formats that recipients must accept, and `iso` (ISO 8601), which is not an HTTP-date. */
export type DateFormat = 'imf' | 'rfc850' | 'asctime' | 'iso'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/

/**
 * Writes a date, to the second; `iso` keeps milliseconds.
 *
 * @example
 * formatDate(new Date(784111777000), 'rfc850') // 'Sunday, 06-Nov-94 08:49:37 GMT'
 */
export function formatDate(date: Date, format: DateFormat): string {
  // ECMA-262 defines toUTCString as IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`.
  const imf = date.toUTCString()
  const [weekday = '', day = '', month = '', year = '', time = ''] = imf.split(' ')
  switch (format) {
    case 'imf':
      return imf
    case 'rfc850':
      return `${DAYS[date.getUTCDay()]}, ${day}-${month}-${year.slice(-2)} ${time} GMT`
    case 'asctime':
      return `${weekday.slice(0, 3)} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`
    case 'iso':
      return date.toISOString()
  }
}

/**
 * Reads an IMF-fixdate, the only format that a server may send.
 *
 * @returns `undefined` for anything else, an absent field included.
 */
export function parseImfDate(text: string | undefined): Date | undefined {
  if (text === undefined || !IMF_FIXDATE.test(text)) return undefined
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? undefined : date
}
