import { ANSWERS, GRANT, headOf } from '../answers.ts'
import { FIELDS, PRECONDITIONS } from '../fields.ts'
import { getSamples } from '../samples.ts'
import { ref } from '../schemas.ts'
import type { Operation, PathItem } from '../types.ts'

const TAG = 'Library'
const CACHED = { ...FIELDS.etag, ...FIELDS.cacheControl, ...FIELDS.referrerPolicy, ...FIELDS.noSniff }

const getVideos: Operation = {
  operationId: 'getVideos',
  tags: [TAG],
  summary: 'List a folder, or search it',
  description: `Files and sub-folders, in pages. **Listed** are the files that can be served, and all sub-folders, empty ones too: no dotfiles, no devices, nothing unreadable, symbolic links only if they stay inside the folder. Names that are not UTF-8, or contain a control character or a backslash, are left out: no URL can name them.

**Files that are still being written** are listed under their final names: \`NAME\` for \`NAME.part\` or \`NAME.crdownload\`, if no file \`NAME\` exists, and \`NAME\` next to \`NAME.aria2\`. What downloaders keep for themselves is not listed: \`NAME.part.length\`, \`NAME.part.json\`, \`NAME.aria2\`, \`NAME.ytdl\`, \`NAME.part-Frag7\`. With \`--no-growing\`, each of these is listed as the file that it is.

**Sidecars** are served, but not listed while the file that they belong to exists:

- \`NAME.vtt\`, \`NAME.srt\`, \`NAME.en.vtt\` and \`NAME.en.forced.srt\` belong to a video or audio file \`NAME.*\`
- \`NAME.jpg\` (or \`.jpeg\`, \`.png\`, \`.webp\`) belongs to a video or audio file \`NAME.*\`
- \`cover.jpg\` and \`folder.jpg\` (same extensions) belong to all audio files of the folder
- \`NAME.mp4.sha256\` belongs to the file \`NAME.mp4\`

**Order.** Folders come first. Titles are compared in natural order: numbers by their value, \`a\` next to \`A\` and \`á\`. Ties are in order of titles. Files that are still being written are the newest ones.

**Pages.** A cursor is a position in the order, not an offset: while other entries are added or removed, each unchanged entry is on exactly one page. It is valid for the \`sort\` that it came from only, and opaque.

**Search.** An entry matches if its name contains each word of \`q\`, ignoring case and accents. Sub-folders are searched too, level by level: at most 8 levels, 1000 folders and 100,000 entries, and each folder once, even if several links lead to it.

**Changes** show in the next request, usually after a few milliseconds. On file systems that report no changes (network mounts, some containers), a growing file shows within five seconds. Reading a slow folder takes at most a tenth of the time.`,
  parameters: [
    {
      name: 'path',
      in: 'query',
      description: 'The folder, without a slash at its end.',
      schema: { type: 'string', default: '' },
      example: 'films',
    },
    {
      name: 'q',
      in: 'query',
      description: 'Words to search for. Without them, the folder itself is listed.',
      schema: { type: 'string', maxLength: 200 },
      example: 'plasma clock',
    },
    {
      name: 'sort',
      in: 'query',
      description: 'The order: `title`, `modified` or `size`; `-` before it reverses it.',
      schema: ref('Sort'),
      example: '-modified',
    },
    {
      name: 'limit',
      in: 'query',
      description: 'Entries on a page.',
      schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
    },
    {
      name: 'cursor',
      in: 'query',
      description: '`next` of the previous page. Without it, the first page.',
      schema: { type: 'string' },
    },
    GRANT,
    ...PRECONDITIONS,
  ],
  responses: {
    '200': {
      description: 'A page of the list. Links in it are relative to the root of the server.',
      headers: { ...FIELDS.contentLength, ...CACHED },
      content: {
        'application/json': {
          schema: ref('LibraryPage'),
          example: {
            path: '',
            version: '2vq8xO1f0ZpYb1rkqXcT8A',
            total: 2,
            entries: [
              {
                kind: 'folder',
                key: 'films',
                name: 'films',
                title: 'films',
                size: 0,
                modified: 1714979289123,
                page: 'browse/films/',
              },
              {
                kind: 'video',
                key: 'Plasma_Clock__c04e6b17-92aa-4f0d.mp4',
                name: 'Plasma_Clock__c04e6b17-92aa-4f0d.mp4',
                title: 'Plasma Clock',
                taskId: 'c04e6b17-92aa-4f0d',
                contentType: 'video/mp4',
                size: 791842,
                modified: 1714979289123,
                stream: 'api/stream/Plasma_Clock__c04e6b17-92aa-4f0d.mp4',
                page: 'watch/Plasma_Clock__c04e6b17-92aa-4f0d.mp4',
                media: { duration: 20, width: 640, height: 360 },
              },
            ],
          },
        },
      },
    },
    '304': ANSWERS.notModified(CACHED),
    '400': ANSWERS.detail(
      'A parameter is given twice or is not valid; the body says which.',
      'sort is not one of title, -title, modified, -modified, size, -size',
      FIELDS.referrerPolicy,
    ),
    '403': ANSWERS.forbidden,
    '404': { ...ANSWERS.notFound, description: 'There is no such folder, or the place has no lists.' },
    '405': ANSWERS.wrongMethod,
    '412': ANSWERS.detail('If-Match names other versions.', 'Precondition failed', FIELDS.referrerPolicy),
  },
  'x-codeSamples': getSamples('/api/videos?sort=-modified&limit=20', {
    javascript: 'found.entries.map(({ title }) => title)',
    python: "[entry['title'] for entry in found['entries']]",
  }),
}

const getEvents: Operation = {
  operationId: 'getEvents',
  tags: [TAG],
  summary: 'Follow changes as an event stream',
  description: `Server-sent events, for an EventSource. A stream begins with what is true now, stays silent while nothing happens, and ends when the server stops or the grant expires; an EventSource then comes again.

- \`event: folder\`: a folder has another version, so that its list should be requested again; of a folder with a growing file, at most one a second
- \`event: growth\`: how much is there of a file; at most ten times a second
- \`event: transfers\`: the requests for a file, for the range map; with \`--inspect\` only`,
  parameters: [
    {
      name: 'folder',
      in: 'query',
      description: 'A folder to watch; the root is empty. Up to 32 of them.',
      schema: { type: 'array', items: { type: 'string' }, maxItems: 32 },
    },
    {
      name: 'growing',
      in: 'query',
      description: 'The key of a file that is still being written. Up to 32 of them.',
      schema: { type: 'array', items: { type: 'string' }, maxItems: 32 },
    },
    {
      name: 'key',
      in: 'query',
      description: 'The key of a file whose requests are wanted. Up to 32 of them.',
      schema: { type: 'array', items: { type: 'string' }, maxItems: 32 },
    },
    {
      ...GRANT,
      schema: { type: 'array', items: { type: 'string' }, maxItems: 32 },
      description: `${GRANT.description} Once for each page that listens.`,
    },
  ],
  responses: {
    '200': {
      description: 'The stream. The data of each event is JSON.',
      headers: {
        ...FIELDS.cacheControl,
        ...FIELDS.noSniff,
        'X-Accel-Buffering': {
          description: 'Asks nginx not to collect events before it passes them on.',
          required: true,
          schema: { type: 'string', const: 'no' },
        },
      },
      content: {
        'text/event-stream': {
          schema: { type: 'string' },
          'x-events': {
            folder: ref('FolderEvent'),
            growth: ref('GrowthEvent'),
            transfers: ref('TransfersEvent'),
          },
          example:
            'retry: 2000\n\nevent: folder\ndata: {"path":"","version":"kJ2jkUI_xnHIoeRTmNSLqL"}\n\nevent: growth\ndata: {"key":"film.mp4","frontier":333387,"completeLength":791842,"state":"growing"}\n\n',
        },
      },
    },
    '403': ANSWERS.forbidden,
    '405': ANSWERS.wrongMethod,
    '503': ANSWERS.detail('64 streams are open, or the server is stopping.', 'No more event streams', {
      ...FIELDS.cacheControl,
      ...FIELDS.retryAfter,
    }),
  },
  'x-codeSamples': [
    {
      lang: 'Shell',
      label: 'curl',
      source: "curl -N --max-time 2 'http://127.0.0.1:8001/api/events?folder='",
    },
    {
      lang: 'JavaScript',
      label: 'JavaScript',
      source: `const response = await fetch('http://127.0.0.1:8001/api/events?folder=')
const events = response.body.pipeThrough(new TextDecoderStream())
for await (const text of events) {
  const [, data] = /^data: (.*)$/m.exec(text) ?? []
  if (data === undefined) continue
  console.log(JSON.parse(data))
  break
}`,
    },
    {
      lang: 'Python',
      label: 'Python',
      source: `import json
from urllib.request import urlopen

with urlopen('http://127.0.0.1:8001/api/events?folder=') as response:
    for line in response:
        if line.startswith(b'data: '):
            print(json.loads(line[6:]))
            break`,
    },
  ],
}

/** The folder as data. */
export const LIBRARY_PATHS: Readonly<Record<string, PathItem>> = {
  '/api/videos': { get: getVideos, head: headOf(getVideos, ['400']) },
  '/api/events': { get: getEvents, head: headOf(getEvents, ['503']) },
}
