import type { VectorRequest } from './vector.ts'

const USUAL_FIELDS = [
  // A coded representation would be another one, of another length (9110 §8.4).
  ['Accept-Encoding', 'identity'],
  ['User-Agent', 'rangekit-conformance'],
] as const

/**
 * The text of a request as it is sent, the empty line included. Unless another request follows on the connection, it
 * asks the server to close it.
 *
 * @param request without templates: expand them first.
 */
export function requestText(
  { host, path }: { readonly host: string; readonly path: string },
  request: VectorRequest,
): string {
  const { method = 'GET', target = path, version = 'HTTP/1.1' } = request
  const { headers = [], rawLines = [], pipelined = false } = request
  const connection = pipelined || version === 'HTTP/1.0' ? [] : [['Connection', 'close'] as const]
  const given = new Set(headers.map(([name]) => name.toLowerCase()))
  const usual = USUAL_FIELDS.filter(([name]) => !given.has(name.toLowerCase()))
  const fields = [['Host', host] as const, ...usual, ...connection, ...headers]
  const lines = [
    `${method} ${target} ${version}`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
    ...rawLines,
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}
