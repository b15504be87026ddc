/** Answers that several operations have. */
import { FIELDS } from './fields.ts'
import { ref } from './schemas.ts'
import type { Answer, Field, Operation, Parameter } from './types.ts'

/** A body of `{"detail":"..."}`. */
function detail(description: string, text: string, headers: Readonly<Record<string, Field>> = {}): Answer {
  return {
    description,
    headers: { ...headers, ...FIELDS.noSniff },
    content: { 'application/json': { schema: ref('Detail'), example: { detail: text } } },
  }
}

/** A page for people. */
export const HTML = { 'text/html': { schema: { type: 'string' } } } as const

export const ANSWERS = {
  notModified: (headers: Readonly<Record<string, Field>>): Answer => ({
    description: 'The client has this version already: If-None-Match or If-Modified-Since says so.',
    headers,
  }),
  malformed: {
    ...detail(
      'The message is not valid HTTP/1.1: no Host field, or two of them, a malformed request line or field. Such requests are refused on every path, before anything else looks at them; those that are no HTTP at all, without a body.',
      'Bad request',
    ),
    headers: FIELDS.connection,
  },
  unauthorized: detail(
    'With `--auth` or `--auth-file`: the password is missing or wrong, and the link is not signed. It is the same on every path but `/healthz`, `/readyz` and those of assets.',
    'This library needs a password',
    { ...FIELDS.challenge, ...FIELDS.cacheControl, ...FIELDS.vary },
  ),
  misdirected: detail(
    'The server does not answer under the name in Host. `--allow-host` adds one. It is the same on every path but `/healthz`, `/readyz` and those of assets.',
    'This server does not answer as media.example. If that is its name, for example behind a proxy, start it with --allow-host media.example.',
    { ...FIELDS.cacheControl, ...FIELDS.vary },
  ),
  tooMany: detail(
    'With `--auth` or `--auth-file`: too many wrong passwords came from this address.',
    'Too many wrong passwords',
    { ...FIELDS.cacheControl, ...FIELDS.retryAfter, ...FIELDS.vary },
  ),
  forbidden: detail(
    'With `--secret-file`: the link is not signed, has expired, or was changed.',
    'Forbidden',
    { ...FIELDS.cacheControl, ...FIELDS.referrerPolicy, ...FIELDS.vary },
  ),
  notFound: detail('There is nothing at this path.', 'Archivo no encontrado', {
    ...FIELDS.referrerPolicy,
    ...FIELDS.vary,
  }),
  wrongMethod: {
    description: 'Another method than GET, HEAD and OPTIONS.',
    headers: FIELDS.allow,
  },
  preconditionFailed: {
    description: 'The version is not the one that If-Match or If-Unmodified-Since asks for.',
  },
  tooLarge: {
    description: 'The fields of the request are longer than 16 KiB. Such requests are refused on every path.',
    headers: FIELDS.connection,
  },
  fault: detail('The server could not read the file. The cause is in its log.', 'Internal error', {
    ...FIELDS.cacheControl,
    ...FIELDS.referrerPolicy,
  }),
  busy: detail(
    'The server has too much to do, or the file was created a moment ago and is still empty. The same request may succeed later. With `--max-connections` or `--max-connections-per-address`, it is also the answer to a connection past the limit, on every path.',
    'Busy, try again',
    { ...FIELDS.cacheControl, ...FIELDS.retryAfter },
  ),
  detail,
} as const

/** Part of every signed link. */
export const SIGNATURE: readonly Parameter[] = [
  {
    name: 'expires',
    in: 'query',
    description: 'With `--secret-file`: seconds since 1970, after which the link is not valid.',
    schema: { type: 'integer', minimum: 0 },
    example: 1767225600,
  },
  {
    name: 'signature',
    in: 'query',
    description: 'With `--secret-file`: the signature of `rangekit sign`, always last.',
    schema: { type: 'string', pattern: '^[\\w-]{43}$' },
  },
]

/** The permission of requests that pages send. */
export const GRANT: Parameter = {
  name: 'grant',
  in: 'query',
  description:
    'With `--secret-file`: a signed link to a page, from its path on, percent-encoded. It permits what that page shows.',
  schema: { type: 'string' },
}

/** HEAD answers what GET would, without a body; ranges are for GET only (9110 §14.2). */
export function headOf(get: Operation, unavailable: readonly string[] = []): Operation {
  const excluded = ['206', '400', '405', '416', '431', ...unavailable]
  const responses = Object.entries(get.responses).filter(([status]) => !excluded.includes(status))
  return {
    operationId: get.operationId.replace(/^get/, 'head'),
    tags: get.tags,
    summary: `${get.summary}: the fields alone`,
    description: 'The response to GET, without its body (9110 §9.3.2). Range is ignored.',
    parameters: get.parameters.filter(({ name }) => name !== 'Range' && name !== 'If-Range'),
    responses: Object.fromEntries(
      responses.map(([status, { description, headers }]) => [
        status,
        { description, ...(headers && { headers }) },
      ]),
    ),
  }
}
