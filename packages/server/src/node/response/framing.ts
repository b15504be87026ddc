import type { FieldRecord } from './field-names.ts'

/**
 * The fields with the framing that the server gives the body (9112 §6.1), whatever the app said of it.
 *
 * @param length bytes in the body. Default: the Content-Length that the fields have, if it is one.
 */
export function framedAs(fields: FieldRecord, length?: number): FieldRecord {
  const { 'Transfer-Encoding': _, 'Content-Length': declared, ...others } = fields
  const known = length ?? (/^\d+$/.test(String(declared)) ? declared : undefined)
  return known === undefined ? others : { ...others, 'Content-Length': String(known) }
}
