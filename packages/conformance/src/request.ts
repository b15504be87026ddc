// A vector's request as the text that goes over the wire.
import type { VectorRequest } from './vector.ts'

const always = [
  // A coding would be another representation with another length (9110 §8.4).
  ['Accept-Encoding', 'identity'],
  ['User-Agent', 'rangekit-conformance'],
] as const

/**
 * The request with its empty line, in which templates have been expanded already. It asks the server
 * to close the connection, unless another request follows on it.
 */
export function requestText(
  { host, path }: { readonly host: string; readonly path: string },
  { method = 'GET', target = path, version = 'HTTP/1.1', headers = [], ...rest }: VectorRequest,
): string {
  const { rawLines = [], pipelined = false } = rest
  const connection = pipelined || version === 'HTTP/1.0' ? [] : [['Connection', 'close'] as const]
  const given = new Set(headers.map(([name]) => name.toLowerCase()))
  const usual = always.filter(([name]) => !given.has(name.toLowerCase()))
  const fields = [['Host', host] as const, ...usual, ...connection, ...headers]
  const lines = [
    `${method} ${target} ${version}`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
    ...rawLines,
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}
