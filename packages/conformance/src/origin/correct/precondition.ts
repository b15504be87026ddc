import { parseDate } from './date.ts'

/** Request fields by name in lower case; repeated fields joined. */
export type RequestFields = Readonly<Record<string, string | undefined>>

/** What preconditions are compared with. */
export interface Validators {
  readonly etag: string
  readonly lastModified: Date
}

/** The status by 9110 §13.2.2; `undefined`: the preconditions hold. */
export function precondition(
  fields: RequestFields,
  { etag, lastModified }: Validators,
): 304 | 412 | undefined {
  const weak = (tag: string) => tag.replace(/^W\//, '')
  const modified = lastModified.getTime()
  const unmodifiedSince = parseDate(fields['if-unmodified-since'])
  const modifiedSince = parseDate(fields['if-modified-since'])
  const match = tags(fields['if-match'])
  const noneMatch = tags(fields['if-none-match'])
  if (match !== undefined) {
    const strong = !etag.startsWith('W/') && match.includes(etag)
    if (!strong && !match.includes('*')) return 412
  } else if (unmodifiedSince !== undefined && modified > unmodifiedSince) return 412
  if (noneMatch !== undefined) {
    return noneMatch.some((tag) => tag === '*' || weak(tag) === weak(etag)) ? 304 : undefined
  }
  return modifiedSince !== undefined && modified <= modifiedSince ? 304 : undefined
}

/** Whether If-Range lets Range be obeyed (9110 §13.1.5). */
export function ifRangeHolds(
  { 'if-range': value }: RequestFields,
  { etag, lastModified }: Validators,
): boolean {
  if (value === undefined) return true
  return value.startsWith('"') ? value === etag : parseDate(value) === lastModified.getTime()
}

function tags(value: string | undefined): string[] | undefined {
  if (value === undefined || value.trim() === '*') return value === undefined ? undefined : ['*']
  return value.match(/(?:W\/)?"[^"]*"/g) ?? []
}
