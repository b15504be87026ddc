import type { Fields } from './source.ts'

/** 9110 §5.6.2. */
export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** 9110 §5.5. */
export const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * Checks that fields can be sent. `Headers` takes control characters, and servers differ in what they do then:
 * `Bun.serve` sends them, Node answers "500 OK", and `Deno.serve` ends the process.
 *
 * @throws TypeError where a source or an option gave a field that is none.
 */
export function checkSendable(fields: Fields): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!TOKEN.test(name)) throw new TypeError(`Not a field name: ${JSON.stringify(name)}`)
    if (!FIELD_VALUE.test(value)) throw new TypeError(`Not a value of ${name}: ${JSON.stringify(value)}`)
  }
}
