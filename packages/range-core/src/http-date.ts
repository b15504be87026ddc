/**
 * Dates in fields (RFC 9110 §5.6.7). Three formats are read; only IMF-fixdate is written.
 *
 *     HTTP-date    = IMF-fixdate / rfc850-date / asctime-date
 *     IMF-fixdate  = day-name "," SP day SP month SP year SP time-of-day SP GMT
 *     rfc850-date  = day-name-l "," SP day "-" month "-" 2DIGIT SP time-of-day SP GMT
 *     asctime-date = day-name SP month SP ( 2DIGIT / ( SP DIGIT ) ) SP time-of-day SP year
 *
 * For example `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
 *
 * All are case-sensitive, in UTC and in whole seconds. The name of the day is not compared with the date.
 */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const LONG_DAY = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day'
const MONTH = `(?<month>${MONTHS.join('|')})`
const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`

const FORMATS = [
  new RegExp(String.raw`^${DAY}, (?<day>\d\d) ${MONTH} (?<year>\d{4}) ${TIME} GMT$`),
  new RegExp(String.raw`^${LONG_DAY}, (?<day>\d\d)-${MONTH}-(?<year>\d\d) ${TIME} GMT$`),
  new RegExp(String.raw`^${DAY} ${MONTH} (?<day>\d\d| \d) ${TIME} (?<year>\d{4})$`),
]

/**
 * Reads an HTTP date. Never throws.
 *
 * @param now milliseconds since the epoch, for the century of a two-digit year: a date that would be more than 50 years
 * ahead is one in the past (9110 §5.6.7). Default: the clock.
 * @returns whole seconds since the epoch; `undefined` if the text is not a date, since a condition with an invalid date
 * MUST be ignored (9110 §13.1.3, §13.1.4).
 * @example
 * parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT') // 784111777
 * parseHttpDate('1994-11-06T08:49:37Z') // undefined
 */
export function parseHttpDate(text: string, now: number = Date.now()): number | undefined {
  for (const format of FORMATS) {
    const groups = format.exec(text)?.groups
    if (groups !== undefined) return toSeconds(groups, now)
  }
  return undefined
}

/**
 * Writes a time as IMF-fixdate (9110 §5.6.7), rounded down to a whole second.
 *
 * @param time milliseconds since the epoch.
 * @example
 * formatHttpDate(784111777000) // 'Sun, 06 Nov 1994 08:49:37 GMT'
 */
export function formatHttpDate(time: number): string {
  // Most calls in a row are for the same representation.
  if (time !== written.time) written = { time, text: new Date(time).toUTCString() }
  return written.text
}

let written = { time: Number.NaN, text: '' }

function toSeconds(groups: Readonly<Record<string, string>>, now: number): number | undefined {
  const number = (name: string) => Number(groups[name])
  const [hour, minute, second, day] = [number('hour'), number('minute'), number('second'), number('day')]
  // Second 60 is a leap second (9110 §5.6.7), read as the second after it.
  if (hour > 23 || minute > 59 || second > 60) return undefined
  const month = MONTHS.indexOf(groups['month'] ?? '')
  let year = number('year')
  if (groups['year']?.length === 2) {
    const limit = new Date(now)
    const currentYear = limit.getUTCFullYear()
    year += currentYear - (currentYear % 100)
    limit.setUTCFullYear(currentYear + 50)
    if (Date.UTC(year, month, day, hour, minute, second) > limit.getTime()) year -= 100
  }
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  // A day that the month does not have rolls over into the next one.
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return undefined
  return date.setUTCHours(hour, minute, second) / 1000
}
