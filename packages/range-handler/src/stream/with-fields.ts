import type { Fields } from '@rangekit/range-core'

/**
 * The response with further fields, which replace those of the same name; `Vary` is added to. It is the same object,
 * unless its fields cannot be changed, as those of `Response.redirect()`.
 */
export function withFields(response: Response, fields: Fields): Response {
  try {
    for (const [name, value] of Object.entries(fields)) {
      if (name === 'Vary') response.headers.append(name, value)
      else response.headers.set(name, value)
    }
    return response
  } catch {
    return withFields(new Response(response.body, response), fields)
  }
}
