import { ANSWERS, HTML, headOf, SIGNATURE } from '../answers.ts'
import { CORS_FIELDS, DATE_PRECONDITIONS, FIELDS, PRECONDITIONS, RANGE_FIELDS } from '../fields.ts'
import { samples, sampleUrl } from '../samples.ts'
import type { Answer, Field, Operation, Parameter, PathItem } from '../types.ts'

const TAG = 'Streaming'
const FILE = sampleUrl('/api/stream/')

const FILENAME: Parameter = {
  name: 'filename',
  in: 'path',
  required: true,
  description:
    'The key of the file: its path below the served folder, with `/` between its segments. Each segment is percent-encoded.',
  schema: { type: 'string' },
  example: 'Plasma_Clock__c04e6b17-92aa-4f0d.mp4',
}

const CORS_AND_LINK = { ...CORS_FIELDS, ...FIELDS.vary, ...FIELDS.referrerPolicy }
const withCors = (answer: Answer): Answer => ({
  ...answer,
  headers: { ...answer.headers, ...CORS_AND_LINK },
})
const OPTIONAL_CACHING: Readonly<Record<string, Field>> = {
  'Cache-Control': {
    ...FIELDS.cacheControl['Cache-Control'],
    description:
      '`--cache-control` if it is given, `private` where links are signed, and always `no-transform`: a proxy that compresses a range makes its Content-Range wrong.',
    example: 'no-transform',
  },
}

const REPRESENTATION = {
  ...FIELDS.contentLength,
  ...FIELDS.acceptRanges,
  ...FIELDS.etag,
  ...FIELDS.lastModified,
  ...OPTIONAL_CACHING,
  ...FIELDS.disposition,
  ...FIELDS.reprDigest,
  ...FIELDS.sandbox,
  ...FIELDS.noSniff,
  ...CORS_AND_LINK,
} as const

const BYTES = { '*/*': {} } as const
const PARTS = [
  '--5fc1f9fb\r\nContent-Type: video/mp4\r\nContent-Range: bytes 0-0/791842\r\n\r\n…',
  '\r\n--5fc1f9fb\r\nContent-Type: video/mp4\r\nContent-Range: bytes 791841-791841/791842\r\n\r\n…',
  '\r\n--5fc1f9fb--\r\n',
].join('')

const getStream: Operation = {
  operationId: 'getStream',
  tags: [TAG],
  summary: 'Stream a file, or parts of it',
  description: `Sends the bytes of a file: all of them, one range, or several (RFC 9110). Players, download managers and browsers use it as it is.

A body is exactly as long as Content-Length says, and of one version of the file. If that is no longer possible, the connection breaks: a client asks for the rest with Range and If-Range, or with Range and If-Match.

**Files that are still being written** are served under their final names, with their final length if it is known. Bytes that are not there yet are waited for. While the length is unknown, \`bytes=N-\` is answered with \`Content-Range: bytes N-9007199254740991/*\` (RFC 8673), and the body ends when the file is complete.

**Signed links** carry their permission in the query, or in a segment of the path, \`/api/stream/films/signed~EXPIRES~SIGNATURE/film.mp4\`, which permits all that is below that folder.`,
  parameters: [
    FILENAME,
    {
      name: 'download',
      in: 'query',
      description:
        'With any value, or none: the response asks a browser to save the file (Content-Disposition).',
      schema: { type: 'string' },
    },
    ...SIGNATURE,
    ...RANGE_FIELDS,
    ...PRECONDITIONS,
    ...DATE_PRECONDITIONS,
    {
      name: 'Want-Repr-Digest',
      in: 'header',
      description: 'With `--digests`: asks for Repr-Digest (RFC 9530).',
      schema: { type: 'string' },
      example: 'sha-256=1',
    },
  ],
  responses: {
    '200': {
      description: 'The whole file: no range was asked for, or If-Range says that the file has changed.',
      headers: REPRESENTATION,
      content: BYTES,
    },
    '206': {
      description:
        'The range, or several as `multipart/byteranges`: in the order of the request, close ones joined (9110 §15.3.7).',
      headers: { ...FIELDS.contentRange, ...REPRESENTATION },
      content: { ...BYTES, 'multipart/byteranges': { schema: { type: 'string' }, example: PARTS } },
    },
    '304': ANSWERS.notModified({
      ...FIELDS.etag,
      ...OPTIONAL_CACHING,
      ...FIELDS.noSniff,
      ...CORS_AND_LINK,
    }),
    '400': ANSWERS.malformed,
    '401': withCors(ANSWERS.unauthorized),
    '403': withCors(ANSWERS.forbidden),
    '404': withCors({
      ...ANSWERS.notFound,
      description: 'There is no such file, or the path is not one that can name a file.',
    }),
    '405': withCors(ANSWERS.wrongMethod),
    '412': withCors(ANSWERS.preconditionFailed),
    '416': {
      description:
        'No range has a byte of the file. Content-Range has the length of the file (9110 §15.5.17).',
      headers: {
        ...FIELDS.contentRangeOfNone,
        ...CORS_AND_LINK,
      },
    },
    '421': ANSWERS.misdirected,
    '429': withCors(ANSWERS.tooMany),
    '431': ANSWERS.tooLarge,
    '500': withCors(ANSWERS.fault),
    '503': withCors(ANSWERS.busy),
  },
  'x-codeSamples': samples({
    curl: `
# The first 500 bytes, and the fields of the response
curl -s -r 0-499 -D - -o first-500-bytes '${FILE}'
# The whole file; the same command again resumes
curl -s -C - -O '${FILE}'`,
    javascript: `
const response = await fetch('${FILE}', {
  headers: { Range: 'bytes=0-499' },
})
console.log(response.status, response.headers.get('Content-Range'))
const bytes = new Uint8Array(await response.arrayBuffer())
console.log(bytes.length)`,
    python: `
from urllib.request import Request, urlopen

request = Request('${FILE}', headers={'Range': 'bytes=0-499'})
with urlopen(request) as response:
    print(response.status, response.headers['Content-Range'])
    data = response.read()
print(len(data))`,
    video: `<video controls preload="metadata" src="${FILE}"></video>`,
  }),
}

const optionsStream: Operation = {
  operationId: 'optionsStream',
  tags: [TAG],
  summary: 'What may be requested, and a preflight of browsers',
  description: 'With `--cors`, it has what a browser asks before a page of another origin sends Range.',
  parameters: [FILENAME],
  responses: {
    '204': {
      description: 'The methods.',
      headers: {
        ...FIELDS.allow,
        ...FIELDS.vary,
        ...FIELDS.referrerPolicy,
        'Access-Control-Allow-Origin': CORS_FIELDS['Access-Control-Allow-Origin'],
        ...Object.fromEntries(
          [
            ['Access-Control-Allow-Methods', 'The methods that pages of that origin may use.'],
            ['Access-Control-Allow-Headers', 'The fields that they may send.'],
            ['Access-Control-Max-Age', 'Seconds for which the browser need not ask again.'],
          ].map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
        ),
      },
    },
  },
}

const getIndex: Operation = {
  operationId: 'getIndex',
  tags: [TAG],
  summary: 'List a folder as plain HTML',
  description: `With \`--index\`, each folder is a page in the layout of nginx, for rclone, lftp and other tools that mirror: a link, the date in UTC, the size in bytes. Everything that is served is listed, sidecars included. Without the option, it is a 404.

lftp skips names that begin with \`~\`, and rclone 1.60 requests names with a colon in the root folder by a wrong path.`,
  parameters: [
    {
      name: 'folder',
      in: 'path',
      required: true,
      description: 'The path of a folder; the root is `/api/stream/` itself.',
      schema: { type: 'string' },
      example: 'films',
    },
    ...PRECONDITIONS,
  ],
  responses: {
    '200': {
      description: 'The list.',
      headers: {
        ...FIELDS.contentLength,
        ...FIELDS.etag,
        ...FIELDS.cacheControl,
        ...FIELDS.policy,
        ...FIELDS.noSniff,
      },
      content: HTML,
    },
    '301': {
      description: 'The path of a folder without the slash at its end.',
      headers: { ...FIELDS.location, ...CORS_FIELDS },
    },
    '304': ANSWERS.notModified({
      ...FIELDS.etag,
      ...FIELDS.cacheControl,
      ...FIELDS.policy,
      ...FIELDS.noSniff,
    }),
    '403': {
      ...ANSWERS.forbidden,
      description: 'With `--secret-file` there are no lists: one would be a link to everything.',
    },
    '404': withCors(ANSWERS.notFound),
  },
  'x-codeSamples': samples({
    curl: `
curl 'http://127.0.0.1:8001/api/stream/'
# A copy of everything
rclone copy --http-url 'http://127.0.0.1:8001/api/stream/' :http: ./copy`,
  }),
}

/** The bytes of files. */
export const STREAM_PATHS: Readonly<Record<string, PathItem>> = {
  '/api/stream/{filename}': {
    get: getStream,
    head: headOf(getStream),
    options: optionsStream,
  },
  '/api/stream/{folder}/': { get: getIndex, head: headOf(getIndex) },
}
