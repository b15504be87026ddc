/** An HTTP-date (9110 §5.6.7) in milliseconds since the epoch; `undefined` for anything else. */
export function parseDate(value = ''): number | undefined {
  const imf = /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/.test(value) ? value : undefined
  const [, day, month, year = '', time] =
    /^[A-Z]\w{5,8}, (\d\d)-(\w{3})-(\d\d) (\d\d:\d\d:\d\d) GMT$/.exec(value) ?? []
  const [, month2, day2, time2, year2] =
    /^\w{3} (\w{3}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4})$/.exec(value) ?? []
  const now = new Date().getUTCFullYear()
  const century = 2000 + Number(year) > now + 50 ? 1900 : 2000
  const text =
    imf ??
    (day && `${day} ${month} ${century + Number(year)} ${time} GMT`) ??
    (day2 && `${day2} ${month2} ${year2} ${time2} GMT`)
  const parsed = Date.parse(text ?? '')
  if (Number.isNaN(parsed) || !/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value)) return undefined
  return parsed
}
