import { ANSWERS, GRANT, HTML, headOf, SIGNATURE } from '../answers.ts'
import { FIELDS, PRECONDITIONS } from '../fields.ts'
import { ref } from '../schemas.ts'
import type { Answer, Operation, Parameter, PathItem } from '../types.ts'
import { optionsRoot, PAGE_FIELDS } from './service.ts'

const TAG = 'Pages'

const PAGE: Answer = {
  description: 'The page.',
  headers: { ...PAGE_FIELDS, ...FIELDS.vary },
  content: HTML,
}
const { 'Cache-Control': caching, 'Content-Security-Policy': policy } = PAGE_FIELDS
const OPTIONAL_PAGE_FIELDS = {
  'Cache-Control': { ...caching, required: false },
  'Content-Security-Policy': { ...policy, required: false },
}
const MISSING: Answer = {
  ...ANSWERS.notFound,
  description: 'There is no such file or folder: a page if the client prefers HTML, JSON otherwise.',
  content: { ...HTML, ...ANSWERS.notFound.content },
  headers: { ...OPTIONAL_PAGE_FIELDS, ...ANSWERS.notFound.headers },
}

const SHOWN: readonly Parameter[] = [
  { name: 'q', in: 'query', description: 'Words to search for.', schema: { type: 'string', maxLength: 200 } },
  { name: 'sort', in: 'query', description: 'The order.', schema: ref('Sort') },
  {
    name: 'view',
    in: 'query',
    description: 'How entries are shown.',
    schema: { type: 'string', enum: ['grid', 'list'], default: 'grid' },
  },
  { name: 'cursor', in: 'query', description: '`next` of a page of the list.', schema: { type: 'string' } },
]

function page(
  operationId: string,
  summary: string,
  description: string,
  parameters: readonly Parameter[],
  responses: Readonly<Record<string, Answer>>,
): Operation {
  return {
    operationId,
    tags: [TAG],
    summary,
    description,
    parameters: [...parameters, GRANT, ...SIGNATURE],
    responses: { '200': PAGE, '403': ANSWERS.forbidden, '405': ANSWERS.wrongMethod, ...responses },
  }
}

const getHome = page(
  'getHome',
  'The library',
  'The root folder; a field for the path of a file where the place has no lists; the page of the only file where it has one.',
  SHOWN,
  {},
)
const getFolder = page(
  'getFolder',
  'A folder of the library',
  'The same for a sub-folder.',
  [
    {
      name: 'path',
      in: 'path',
      required: true,
      description: 'The path of the folder, each segment percent-encoded.',
      schema: { type: 'string' },
      example: 'films',
    },
    ...SHOWN,
  ],
  {
    '308': { description: 'The slash at the end is missing.', headers: FIELDS.location },
    '404': MISSING,
  },
)
const getPlayer = page(
  'getPlayer',
  'The page of a file',
  'Its player, or what a browser can show of it.',
  [
    {
      name: 'key',
      in: 'path',
      required: true,
      description: 'The key of the file, each segment percent-encoded.',
      schema: { type: 'string' },
      example: 'Plasma_Clock__c04e6b17-92aa-4f0d.mp4',
    },
    {
      name: 'sort',
      in: 'query',
      description: 'The order of the files before and after it.',
      schema: ref('Sort'),
    },
  ],
  { '404': MISSING },
)

const ASSET_FIELDS = { ...FIELDS.etag, ...FIELDS.cacheControl, ...FIELDS.noSniff }
const getAsset: Operation = {
  operationId: 'getAsset',
  tags: [TAG],
  summary: 'A script, a style or a picture of the pages',
  description: 'What the pages load. It needs no signed link.',
  parameters: [
    {
      name: 'name',
      in: 'path',
      required: true,
      description: 'The name of the file.',
      schema: { type: 'string' },
      example: 'base.css',
    },
    ...PRECONDITIONS,
  ],
  responses: {
    '200': {
      description: 'The file.',
      headers: { ...FIELDS.contentLength, ...FIELDS.acceptRanges, ...ASSET_FIELDS },
      content: { '*/*': {} },
    },
    '304': ANSWERS.notModified(ASSET_FIELDS),
    '404': ANSWERS.notFound,
    '405': ANSWERS.wrongMethod,
  },
}

/** What people open. */
export const PAGE_PATHS: Readonly<Record<string, PathItem>> = {
  '/': { get: getHome, head: headOf(getHome), options: optionsRoot },
  '/browse/{path}/': { get: getFolder, head: headOf(getFolder) },
  '/watch/{key}': { get: getPlayer, head: headOf(getPlayer) },
  '/assets/{name}': { get: getAsset, head: headOf(getAsset) },
}
