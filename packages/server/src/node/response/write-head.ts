import { type ServerResponse, STATUS_CODES } from 'node:http'
import { besideEarlier } from './earlier-fields.ts'
import type { FieldRecord } from './response-head.ts'
import type { Channel } from './write.ts'

/** Writes the head of a response, with what was set on it before. */
export function writeHead(
  { outgoing, earlier }: Channel,
  status: number,
  fields: Readonly<FieldRecord>,
): ServerResponse {
  const all = earlier === undefined ? fields : besideEarlier(outgoing, fields, earlier)
  // HTTP/2 has no reason phrase, and Node warns of one.
  if (outgoing.req.httpVersionMajor > 1) return outgoing.writeHead(status, all)
  // With an explicit reason phrase: after a failed attempt Node keeps the first one, and a fault would be `500 OK`.
  return outgoing.writeHead(status, STATUS_CODES[status] ?? '', all)
}
