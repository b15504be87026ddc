import { ANSWERS, HTML, headOf } from '../answers.ts'
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
  responses: { ...READY, '405': ANSWERS.wrongMethod },
  'x-codeSamples': getSamples('/readyz', { javascript: 'found.detail', python: "found['detail']" }),
}

const getHealth: Operation = {
  operationId: 'getHealth',
  tags: [TAG],
  summary: 'Whether the process answers',
  description: 'It is a 200 as long as the process runs, also while it stops. It needs no signed link.',
  parameters: [],
  responses: {
    '200': ANSWERS.detail('The process answers.', 'Alive', FIELDS.cacheControl),
    '405': ANSWERS.wrongMethod,
  },
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

const metrics = (format: string) => ({ [format]: { schema: { type: 'string' } } }) as const

const getMetrics: Operation = {
  operationId: 'getMetrics',
  tags: [TAG],
  summary: 'Numbers for Prometheus',
  description:
    'With `--metrics`: requests, bytes, durations and the state of the process, of all workers together. Without it, it is a 404. With `--metrics-port`, it is on that port instead.',
  parameters: [],
  responses: {
    '200': {
      description:
        'The numbers, as OpenMetrics if the client accepts that, as the text format of Prometheus otherwise.',
      headers: {
        ...FIELDS.contentLength,
        ...FIELDS.cacheControl,
        Vary: { ...FIELDS.vary.Vary, required: true },
        ...FIELDS.noSniff,
      },
      content: { ...metrics('text/plain'), ...metrics('application/openmetrics-text') },
    },
    '404': ANSWERS.notFound,
    '405': ANSWERS.wrongMethod,
  },
  'x-codeSamples': samples({ curl: `curl '${SAMPLE_SERVER}/metrics'` }),
}

const getDocs: Operation = {
  operationId: 'getDocs',
  tags: [TAG],
  summary: 'The reference of this API as a page',
  description:
    'It loads nothing from elsewhere. It needs no signed link; where links are signed, it names no file.',
  parameters: [],
  responses: {
    '200': { description: 'The page.', headers: PAGE_FIELDS, content: HTML },
    '405': ANSWERS.wrongMethod,
  },
}

/** What says how the server is, and what it is. */
export const SERVICE_PATHS: Readonly<Record<string, PathItem>> = {
  '/readyz': { get: getReadiness, head: headOf(getReadiness, ['503']) },
  '/healthz': { get: getHealth, head: headOf(getHealth) },
  '/metrics': { get: getMetrics, head: headOf(getMetrics) },
  '/openapi.json': { get: getOpenApi, head: headOf(getOpenApi) },
  '/docs': { get: getDocs, head: headOf(getDocs) },
}

/** The health check of HAProxy. */
export const optionsRoot: Operation = {
  operationId: 'optionsRoot',
  tags: [TAG],
  summary: 'The same as /readyz, as HAProxy asks by default',
  description: 'The response is that of `GET /readyz`.',
  parameters: [],
  responses: READY,
}
