import type { Fields } from './source.ts'

/** A token (9110 §5.6.2). */
export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** A field value (9110 §5.5). */
export const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * Checks that fields can be sent. `Headers` accepts control characters, and servers differ in what they do with them:
 * `Bun.serve` sends them, Node answers "500 OK", and `Deno.serve` ends the process.
 *
 * @throws TypeError for a name that is not a token, or a value with characters that no field value has.
 * @example
 * checkSendable({ 'Content-Language': 'es' })
 */
export function checkSendable(fields: Fields): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!TOKEN.test(name)) throw new TypeError(`Not a field name: ${JSON.stringify(name)}`)
    if (!FIELD_VALUE.test(value)) throw new TypeError(`Not a value of ${name}: ${JSON.stringify(value)}`)
  }
}
