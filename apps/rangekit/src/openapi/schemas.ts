/** The JSON of the API. Its types are in library/protocol.ts and inspect/protocol.ts. */
import { SORTS } from '../library/protocol.ts'
import type { Schema } from './types.ts'

/** A reference to a schema of the document. */
export const ref = (name: keyof typeof SCHEMAS): Schema => ({ $ref: `#/components/schemas/${name}` })

const bytes = (description: string): Schema => ({ type: 'integer', minimum: 0, description })
const string = (description: string): Schema => ({ type: 'string', description })
const closed = (
  description: string,
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
): Schema => ({ type: 'object', description, properties, required, additionalProperties: false })

const to = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
const FRONTIER = 'How many bytes are there, from the first one on.'
const COMPLETE_LENGTH = 'How many bytes it will have; absent while that is unknown.'

const BEGUN = closed(
  'A request whose response is known.',
  {
    id: string('Unique while the server runs. The events of one transfer share it.'),
    key: string('The key of the file.'),
    method: string('The method.'),
    status: { type: 'integer', description: 'The status.' },
    fields: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'The decisive request fields: Range, If-Range, If-Match and so on.',
    },
    answer: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'The decisive fields of the response: Content-Range, ETag and so on.',
    },
    ranges: {
      type: 'array',
      items: to('Positions'),
      description: 'The ranges of the body, in order.',
    },
    length: bytes('Bytes of the body; absent if it goes on until the file is complete.'),
    completeLength: bytes('Bytes of the whole file; absent while that is unknown.'),
    startedAt: { type: 'number', description: 'Milliseconds since 1970.' },
  },
  ['id', 'key', 'method', 'status', 'fields', 'answer', 'ranges', 'startedAt'],
)

const PROGRESS = closed(
  'How far a transfer is.',
  {
    id: string('That of the request.'),
    bytesSent: bytes('Bytes that have left; absent if the runtime does not report it.'),
    duration: { type: 'number', description: 'Milliseconds since it began.' },
    outcome: {
      type: 'string',
      enum: ['complete', 'aborted', 'failed'],
      description: 'How it ended; absent while it is being sent.',
    },
    status: { type: 'integer', description: 'The final status, if a fault changed it.' },
  },
  ['id', 'duration'],
)

const SHARE = closed(
  'What came from one place.',
  {
    bytes: bytes('How many bytes.'),
    ranges: { type: 'array', items: to('Positions'), description: 'The blocks that they are in.' },
  },
  ['bytes', 'ranges'],
)

/** The schemas of the document, by name. */
export const SCHEMAS = {
  Detail: closed('What went wrong, or well.', { detail: string('A sentence for people.') }, ['detail']),
  Growing: closed(
    'How much is there of a file that is still being written.',
    { frontier: bytes(FRONTIER), completeLength: bytes(COMPLETE_LENGTH) },
    ['frontier'],
  ),
  MediaFacts: closed(
    'What the first bytes of a media file say about it. A field is absent if it is unknown.',
    {
      duration: { type: 'number', minimum: 0, description: 'Seconds.' },
      width: { type: 'integer', description: 'Pixels, as displayed.' },
      height: { type: 'integer', description: 'Pixels, as displayed.' },
      cover: string('Where its cover is.'),
    },
    [],
  ),
  LibraryEntry: closed(
    'A file or a sub-folder.',
    {
      kind: {
        type: 'string',
        enum: ['folder', 'video', 'audio', 'image', 'document', 'other'],
        description: 'By the extension; a document is text, PDF, EPUB or office.',
      },
      key: string('The key of the file, or the path of the folder.'),
      name: string('The last segment of the key.'),
      title: string('The title in `title__task-id.ext`, with spaces for underscores; the name of a folder.'),
      taskId: {
        type: 'string',
        pattern: '^[A-Za-z0-9._-]+$',
        description:
          'The part after the last `__`, if it has only ASCII letters, digits, `-`, `.` and `_`; otherwise absent, and part of the title.',
      },
      contentType: string('The media type; absent for a folder.'),
      size: bytes(
        'Bytes; 0 for a folder. Of a file that is still being written, those that it will have, if that is known, and those that are there otherwise.',
      ),
      modified: {
        type: 'integer',
        minimum: 0,
        description: 'Milliseconds since 1970; 0 if that is unknown, as of a folder in a bucket.',
      },
      growing: { ...to('Growing'), description: 'Absent if all of the file is there.' },
      stream: string('Where its bytes are; absent for a folder.'),
      page: string('Its page.'),
      media: {
        ...to('MediaFacts'),
        description:
          'The response of `/api/media/{key}`; absent until that was requested for this version of the file, and while it grows.',
      },
    },
    ['kind', 'key', 'name', 'title', 'size', 'modified', 'page'],
  ),
  LibraryPage: closed(
    'One page of a folder, or of what was found in it.',
    {
      path: string('The folder; `""` is the root.'),
      version: string('Changes whenever the folder does: an entry is added, removed, renamed or modified.'),
      total: bytes('How many entries there are, on all pages.'),
      partial: {
        type: 'boolean',
        const: true,
        description:
          'There may be more: a search, or the list of a bucket, has stopped at its limits. Otherwise absent.',
      },
      entries: { type: 'array', items: to('LibraryEntry'), description: 'The entries of this page.' },
      next: string('The `cursor` of the next page; absent on the last one.'),
    },
    ['path', 'version', 'total', 'entries'],
  ),
  Positions: {
    type: 'array',
    description: 'The first and the last position of a range, inclusive.',
    items: { type: 'integer', minimum: 0 },
    minItems: 2,
    maxItems: 2,
  },
  FolderEvent: closed(
    'The data of `event: folder`.',
    { path: string('The folder.'), version: string('Its version; `""` if it is gone.') },
    ['path', 'version'],
  ),
  GrowthEvent: closed(
    'The data of `event: growth`.',
    {
      key: string('The key of the file.'),
      frontier: bytes(`${FRONTIER} Of a file that is gone, those that were.`),
      completeLength: bytes(COMPLETE_LENGTH),
      state: {
        type: 'string',
        enum: ['growing', 'complete', 'gone'],
        description: '`complete` is the last event of a file.',
      },
    },
    ['key', 'frontier', 'state'],
  ),
  TransfersEvent: closed(
    'The data of `event: transfers`.',
    {
      begun: { type: 'array', items: BEGUN, description: 'Requests for watched files.' },
      progress: { type: 'array', items: PROGRESS, description: 'How far they are.' },
      cache: {
        type: 'array',
        items: closed(
          'What of a file came from the origin, and what from the cache in front of it.',
          {
            key: string('The key of the file.'),
            process: string('Which of the processes that share the port reports it.'),
            origin: SHARE,
            cache: SHARE,
          },
          ['key', 'process', 'origin', 'cache'],
        ),
        description: 'Reports of the cache that have changed; absent if none has.',
      },
    },
    ['begun', 'progress'],
  ),
  Sort: {
    type: 'string',
    enum: SORTS,
    default: 'title',
    description: 'The order; `-` reverses it. Folders come first in each.',
  },
} as const satisfies Readonly<Record<string, Schema>>
