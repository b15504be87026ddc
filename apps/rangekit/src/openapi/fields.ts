/** Fields of requests and responses that several answers have. */
import type { Field, Parameter, Schema } from './types.ts'

const text: Schema = { type: 'string' }
const matching = (pattern: string): Schema => ({ type: 'string', pattern })

const ETAG = '^(?:W/)?"[^"]*"$'
const DATE = '^[A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT$'
const TAGS = '^(?:\\*|(?:W/)?"[^"]*"(?:\\s*,\\s*(?:W/)?"[^"]*")*)$'
const EXAMPLE_TAG = '"dn8gykttoejv-7d2b"'
const EXAMPLE_DATE = 'Mon, 06 May 2024 07:08:09 GMT'

/** Fields of responses, by name. Spread those into an answer that it has. */
export const FIELDS = {
  acceptRanges: {
    'Accept-Ranges': {
      description: 'Ranges of bytes may be requested (9110 §14.3).',
      required: true,
      schema: { type: 'string', const: 'bytes' },
      example: 'bytes',
    },
  },
  allow: {
    Allow: {
      description: 'The methods that there are (9110 §10.2.1).',
      required: true,
      schema: text,
      example: 'GET, HEAD, OPTIONS',
    },
  },
  cacheControl: {
    'Cache-Control': {
      description: 'What caches may do with the response (9111 §5.2).',
      required: true,
      schema: text,
      example: 'no-cache',
    },
  },
  connection: {
    Connection: {
      description: 'The connection is closed: where the request ends cannot be known.',
      required: true,
      schema: { type: 'string', const: 'close' },
    },
  },
  contentRange: {
    'Content-Range': {
      description:
        'Which bytes these are, inclusive, and how many there are in all (9110 §14.4). `*` stands for a length that is not known yet. Absent if there are several ranges: each part has its own.',
      schema: matching('^bytes \\d+-\\d+/(?:\\d+|\\*)$'),
      example: 'bytes 0-499/791842',
    },
  },
  contentRangeOfNone: {
    'Content-Range': {
      description: 'The length of the whole.',
      required: true,
      schema: matching('^bytes \\*/\\d+$'),
      example: 'bytes */791842',
    },
  },
  contentLength: {
    'Content-Length': {
      description:
        'Bytes of the body (9110 §8.6). Absent only while the length of a file that is being written is unknown.',
      schema: { type: 'integer', minimum: 0 },
      example: 500,
    },
  },
  disposition: {
    'Content-Disposition': {
      description: 'Asks a browser to save the file, under this name (RFC 6266).',
      schema: text,
      example: 'attachment; filename="film.mp4"',
    },
  },
  etag: {
    ETag: {
      description: 'The version, for If-Match, If-None-Match and If-Range (9110 §8.8.3). It is strong.',
      required: true,
      schema: matching(ETAG),
      example: EXAMPLE_TAG,
    },
  },
  lastModified: {
    'Last-Modified': {
      description: 'When the file was modified (9110 §8.8.2). Absent for two seconds after that.',
      schema: matching(DATE),
      example: EXAMPLE_DATE,
    },
  },
  location: {
    Location: {
      description: 'The address to go to, relative to this one (9110 §10.2.2).',
      required: true,
      schema: text,
      example: './films/',
    },
  },
  noSniff: {
    'X-Content-Type-Options': {
      description: 'Browsers take the type as it is declared.',
      required: true,
      schema: { type: 'string', const: 'nosniff' },
    },
  },
  policy: {
    'Content-Security-Policy': {
      description: 'What the page may load and run: nothing from elsewhere.',
      required: true,
      schema: text,
    },
  },
  referrerPolicy: {
    'Referrer-Policy': {
      description: 'Keeps signed links out of the Referer of other requests.',
      schema: text,
      example: 'no-referrer',
    },
  },
  reprDigest: {
    'Repr-Digest': {
      description: 'With `--digests`: the SHA-256 of the whole file, if `NAME.sha256` has it (RFC 9530).',
      schema: matching('^sha-256=:[A-Za-z0-9+/]+=*:$'),
      example: 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:',
    },
  },
  retryAfter: {
    'Retry-After': {
      description: 'Seconds after which it is worth trying again (9110 §10.2.3).',
      required: true,
      schema: { type: 'integer', minimum: 0 },
      example: 1,
    },
  },
  sandbox: {
    'Content-Security-Policy': {
      description: 'Of HTML, SVG, XML and JavaScript: a sandbox, so that a file cannot act for the server.',
      schema: text,
    },
  },
  challenge: {
    'WWW-Authenticate': {
      description: 'How to authenticate (9110 §11.6.1).',
      required: true,
      schema: text,
      example: 'Basic realm="rangekit", charset="UTF-8"',
    },
  },
  vary: {
    Vary: {
      description: 'The request fields that the response depends on (9110 §12.5.5).',
      schema: text,
      example: 'Accept',
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Field>>>>

/** What lets pages of other origins read the response, with `--cors`. */
export const CORS_FIELDS: Readonly<Record<string, Field>> = {
  'Access-Control-Allow-Origin': {
    description: 'With `--cors`: the origin whose pages may read the response.',
    schema: text,
    example: '*',
  },
  'Access-Control-Expose-Headers': {
    description: 'With `--cors`: the fields that those pages may read.',
    schema: text,
  },
}

function header(name: string, description: string, schema: Schema, example: string): Parameter {
  return { name, in: 'header', description, schema, example }
}

/** Preconditions (9110 §13.1), for everything that has a validator. */
export const PRECONDITIONS: readonly Parameter[] = [
  header(
    'If-None-Match',
    'Entity tags of versions that the client has, or `*`. If one matches, the response is a 304 (9110 §13.1.2).',
    matching(TAGS),
    EXAMPLE_TAG,
  ),
  header(
    'If-Match',
    'Entity tags of the versions that are wanted, or `*`. If none matches, the response is a 412 (9110 §13.1.1).',
    matching(TAGS),
    EXAMPLE_TAG,
  ),
]

/** Preconditions on the date of a file. */
export const DATE_PRECONDITIONS: readonly Parameter[] = [
  header(
    'If-Modified-Since',
    'A 304 if the file was not modified after this time. Ignored next to If-None-Match (9110 §13.1.3).',
    matching(DATE),
    EXAMPLE_DATE,
  ),
  header(
    'If-Unmodified-Since',
    'A 412 if the file was modified after this time. Ignored next to If-Match (9110 §13.1.4).',
    matching(DATE),
    EXAMPLE_DATE,
  ),
]

/** Range and its condition. */
export const RANGE_FIELDS: readonly Parameter[] = [
  header(
    'Range',
    'The bytes that are wanted: `bytes=0-499` are the first 500, `bytes=500-` all from 500 on, `bytes=-500` the last 500; up to 100 ranges with commas between them. Another unit and what is malformed is ignored, and the whole is sent (9110 §14.2).',
    text,
    'bytes=0-499',
  ),
  header(
    'If-Range',
    'The entity tag or the date of the version that the range is of. If the file has changed, the whole is sent (9110 §13.1.5).',
    text,
    EXAMPLE_TAG,
  ),
]
