import { ANSWERS, headOf } from '../answers.ts'
import { FIELDS, PRECONDITIONS } from '../fields.ts'
import { getSamples, samples } from '../samples.ts'
import { type Answer, type Operation, type PathItem, SAMPLE_SERVER } from '../types.ts'

const TAG = 'Service'

const READY = {
  '200': ANSWERS.detail('The server accepts work.', 'Ready', FIELDS.cacheControl),
  '503': ANSWERS.detail('It is stopping, after SIGTERM.', 'Stopping', FIELDS.cacheControl),
} as const satisfies Readonly<Record<string, Answer>>

const getReadiness: Operation = {
  operationId: 'getReadiness',
  tags: [TAG],
  summary: 'Whether the server accepts work',
  description: 'For load balancers and orchestrators. It needs no signed link.',
  parameters: [],
  responses: READY,
  'x-codeSamples': getSamples('/readyz', { javascript: 'found.detail', python: "found['detail']" }),
}

const getHealth: Operation = {
  operationId: 'getHealth',
  tags: [TAG],
  summary: 'Whether the process answers',
  description: 'It is a 200 as long as the process runs, also while it stops. It needs no signed link.',
  parameters: [],
  responses: { '200': ANSWERS.detail('The process answers.', 'Alive', FIELDS.cacheControl) },
  'x-codeSamples': samples({ curl: `curl '${SAMPLE_SERVER}/healthz'` }),
}

const CACHED = { ...FIELDS.etag, ...FIELDS.cacheControl, ...FIELDS.noSniff }

const getOpenApi: Operation = {
  operationId: 'getOpenApi',
  tags: [TAG],
  summary: 'This description',
  description:
    'OpenAPI 3.1, for generators of clients and for tools that try requests. It needs no signed link, and says nothing about files.',
  parameters: PRECONDITIONS,
  responses: {
    '200': {
      description: 'The description.',
      headers: { ...FIELDS.contentLength, ...CACHED },
      content: { 'application/json': { schema: { type: 'object', required: ['openapi', 'info', 'paths'] } } },
    },
    '304': ANSWERS.notModified(CACHED),
    '405': ANSWERS.wrongMethod,
    '412': ANSWERS.detail('If-Match names other versions.', 'Precondition failed'),
  },
  'x-codeSamples': getSamples('/openapi.json', {
    javascript: 'Object.keys(found.paths)',
    python: "list(found['paths'])",
  }),
}

/** Of every page. */
export const PAGE_FIELDS = {
  ...FIELDS.cacheControl,
  ...FIELDS.policy,
  'Referrer-Policy': { ...FIELDS.referrerPolicy['Referrer-Policy'], required: true },
  ...FIELDS.noSniff,
} as const

/** What says how the server is, and what it is. */
export const SERVICE_PATHS: Readonly<Record<string, PathItem>> = {
  '/readyz': { get: getReadiness, head: headOf(getReadiness, ['503']) },
  '/healthz': { get: getHealth, head: headOf(getHealth) },
  '/openapi.json': { get: getOpenApi, head: headOf(getOpenApi) },
}

/** The health check of HAProxy. */
export const optionsRoot: Operation = {
  operationId: 'optionsRoot',
  tags: [TAG],
  summary: 'The same as `/readyz`, as HAProxy asks by default',
  description: 'The response is that of `GET /readyz`.',
  parameters: [],
  responses: READY,
}
