/** How many bytes a 200 will have, if that is known: of what `fetch` decodes, it is not. */
export function lengthOf(response) {
  const length = response.headers.get('Content-Length')
  return length === null || isEncoded(response) ? undefined : Number(length)
}

/**
 * What If-Range can bind the rest of a 200 to: a strong entity tag, or without one a date that no later version can have as
 * well (9110 §8.8.2.2, §13.1.5).
 */
export function validatorOf(response) {
  const { headers } = response
  const tag = headers.get('ETag')
  if (isEncoded(response)) return undefined
  if (tag !== null) return tag.startsWith('"') ? tag : undefined
  const modified = headers.get('Last-Modified') ?? undefined
  return Date.parse(headers.get('Date')) - Date.parse(modified) >= 1000 ? modified : undefined
}

/**
 * The length of the whole, if a 206 has the bytes from a position on, of the same version: not every server heeds If-Range.
 */
export function wholeOf(response, position, { completeLength, validator }) {
  const { headers } = response
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('Content-Range') ?? '')
  if (range === null || isEncoded(response) || Number(range[1]) !== position) return undefined
  const found = validator.startsWith('"') ? headers.get('ETag') : (headers.get('Last-Modified') ?? validator)
  const whole = Number(range[2])
  return found === validator && whole === (completeLength ?? whole) ? whole : undefined
}

function isEncoded({ headers }) {
  return (headers.get('Content-Encoding') ?? 'identity') !== 'identity'
}
