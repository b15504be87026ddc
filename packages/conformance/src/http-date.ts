// Dates of 9110 §5.6.7. The checker has its own, so that it never shares a mistake with what it judges.

/** The three formats that recipients accept, and one (ISO 8601) that is not an HTTP-date. */
export type DateFormat = 'imf' | 'rfc850' | 'asctime' | 'iso'

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const imfFixdate =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/

export function formatDate(date: Date, format: DateFormat): string {
  // toUTCString is IMF-fixdate by ECMA-262: `Sun, 06 Nov 1994 08:49:37 GMT`.
  const imf = date.toUTCString()
  const [weekday = '', day = '', month = '', year = '', time = ''] = imf.split(' ')
  switch (format) {
    case 'imf':
      return imf
    case 'rfc850':
      return `${days[date.getUTCDay()]}, ${day}-${month}-${year.slice(-2)} ${time} GMT`
    case 'asctime':
      return `${weekday.slice(0, 3)} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`
    case 'iso':
      return date.toISOString()
  }
}

/** The date of an IMF-fixdate, the only format a server may send; undefined for anything else. */
export function parseImfDate(text: string | undefined): Date | undefined {
  if (text === undefined || !imfFixdate.test(text)) return undefined
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? undefined : date
}
