import { createHash } from 'node:crypto'

/** The representation that is served. */
export interface ReferenceFile {
  readonly bytes: Buffer
  readonly etag: string
  readonly lastModified: Date
}

export interface ReferenceRequest {
  readonly method: string
  readonly found: boolean
  /** Field names in lower case; repeated fields joined. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** A response; a test changes it to see that the checker notices. */
export interface ReferenceAnswer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/** Both inclusive. */
type Range = readonly [firstPos: number, lastPos: number]

/**
 * The correct response to any request for one representation. Short, slow, and written from the RFC alone: the checker
 * must not be tested with the code that it judges.
 */
export function referenceAnswer(
  { method, found, headers }: ReferenceRequest,
  file: ReferenceFile,
): ReferenceAnswer {
  const { range } = headers
  const answer = (status: number, fields: Record<string, string> = {}, body: Buffer = Buffer.alloc(0)) => ({
    status,
    headers: {
      ...(status === 304 || status === 204 ? {} : { 'Content-Length': String(body.length) }),
      ...fields,
    },
    body,
  })
  if (method === 'OPTIONS') return answer(204, { Allow: 'GET, HEAD, OPTIONS' })
  if (method !== 'GET' && method !== 'HEAD') return answer(405, { Allow: 'GET, HEAD, OPTIONS' })
  if (!found) return answer(404)

  const { bytes } = file
  const validators = { ETag: file.etag, 'Cache-Control': 'no-cache' }
  const early = precondition(headers, file)
  if (early !== undefined) return answer(early, early === 304 ? validators : {})
  const fields: Record<string, string> = {
    ...validators,
    'Last-Modified': file.lastModified.toUTCString(),
    'Content-Type': 'video/mp4',
    'Accept-Ranges': 'bytes',
  }
  if (/\bsha-256=[1-9]/.test(headers['want-repr-digest'] ?? '')) {
    fields['Repr-Digest'] = `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`
  }
  const asked = method === 'GET' && ifRange(headers, file) ? ranges(range, bytes.length) : undefined
  if (asked === undefined) return answer(200, fields, bytes)
  const [first] = asked
  if (first === undefined) return answer(416, { 'Content-Range': `bytes */${bytes.length}` })
  const contentRange = ([from, to]: Range) => `bytes ${from}-${to}/${bytes.length}`
  const slice = ([from, to]: Range) => bytes.subarray(from, to + 1)
  if (asked.length === 1)
    return answer(206, { ...fields, 'Content-Range': contentRange(first) }, slice(first))
  const wanted = asked.reduce((sum, [from, to]) => sum + to - from + 1, 0)
  if (wanted > bytes.length) return answer(200, fields, bytes)
  const body = Buffer.concat([
    ...asked.flatMap((range) => [
      Buffer.from(`--sep\r\nContent-Type: video/mp4\r\nContent-Range: ${contentRange(range)}\r\n\r\n`),
      slice(range),
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--sep--\r\n'),
  ])
  if (body.length > bytes.length + 4096) return answer(200, fields, bytes)
  return answer(206, { ...fields, 'Content-Type': 'multipart/byteranges; boundary=sep' }, body)
}

/** The status by 9110 §13.2.2; `undefined`: the preconditions hold. */
function precondition(headers: ReferenceRequest['headers'], file: ReferenceFile): 304 | 412 | undefined {
  const weak = (tag: string) => tag.replace(/^W\//, '')
  const modified = file.lastModified.getTime()
  const unmodifiedSince = date(headers['if-unmodified-since'])
  const modifiedSince = date(headers['if-modified-since'])
  const match = tags(headers['if-match'])
  const noneMatch = tags(headers['if-none-match'])
  if (match !== undefined) {
    const strong = !file.etag.startsWith('W/') && match.includes(file.etag)
    if (!strong && !match.includes('*')) return 412
  } else if (unmodifiedSince !== undefined && modified > unmodifiedSince) return 412
  if (noneMatch !== undefined) {
    return noneMatch.some((tag) => tag === '*' || weak(tag) === weak(file.etag)) ? 304 : undefined
  }
  return modifiedSince !== undefined && modified <= modifiedSince ? 304 : undefined
}

function ifRange({ 'if-range': value }: ReferenceRequest['headers'], file: ReferenceFile): boolean {
  if (value === undefined) return true
  return value.startsWith('"') ? value === file.etag : date(value) === file.lastModified.getTime()
}

function tags(value: string | undefined): string[] | undefined {
  if (value === undefined || value.trim() === '*') return value === undefined ? undefined : ['*']
  return value.match(/(?:W\/)?"[^"]*"/g) ?? []
}

/** An HTTP-date (9110 §5.6.7) in milliseconds since the epoch; `undefined` for anything else. */
function date(value = ''): number | undefined {
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

/** The ranges to send. `undefined`: there is no Range, or it is ignored. Empty: it is unsatisfiable. */
function ranges(field: string | undefined, length: number): Range[] | undefined {
  // The example of 9110 §14.1.2 has white space before the first range.
  const set = /^bytes=[ \t]*(.*)$/i.exec(field ?? '')?.[1]
  if (set === undefined || length === 0) return undefined
  const specs = set.split(/[ \t]*,[ \t]*/).filter((spec) => spec !== '')
  if (specs.length === 0) return undefined
  const found: Range[] = []
  for (const spec of specs) {
    const [, first, last] = /^(\d*)-(\d*)$/.exec(spec) ?? []
    if (first === undefined || last === undefined || spec === '-') return undefined
    const end = BigInt(length - 1)
    const clamp = (position: bigint) => Number(position < end ? position : end)
    if (first === '') {
      const suffixLength = clamp(BigInt(last) - 1n) + 1
      if (BigInt(last) > 0n) found.push([length - suffixLength, length - 1])
    } else if (last !== '' && BigInt(last) < BigInt(first)) return undefined
    else if (BigInt(first) <= end) found.push([Number(first), last === '' ? length - 1 : clamp(BigInt(last))])
  }
  return found
}
