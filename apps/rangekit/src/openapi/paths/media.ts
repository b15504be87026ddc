import { ANSWERS, GRANT, headOf, SIGNATURE } from '../answers.ts'
import { DATE_PRECONDITIONS, FIELDS, PRECONDITIONS, RANGE_FIELDS } from '../fields.ts'
import { getSamples, samples, sampleUrl } from '../samples.ts'
import { ref } from '../schemas.ts'
import type { Operation, Parameter, PathItem } from '../types.ts'

const TAG = 'Media'

const KEY: Parameter = {
  name: 'key',
  in: 'path',
  required: true,
  description: 'The key of a file, each segment percent-encoded.',
  schema: { type: 'string' },
  example: 'Plasma_Clock__c04e6b17-92aa-4f0d.mp4',
}
const CACHED = {
  ...FIELDS.etag,
  ...FIELDS.cacheControl,
  ...FIELDS.referrerPolicy,
  ...FIELDS.noSniff,
}
const FILE_FIELDS = { ...FIELDS.contentLength, ...FIELDS.acceptRanges, ...FIELDS.lastModified, ...CACHED }

const getMedia: Operation = {
  operationId: 'getMedia',
  tags: [TAG],
  summary: 'Duration, size and cover of a file',
  description: `MP4, MOV, Matroska, WebM, MP3, WAV, Ogg, AAC, FLAC and MPEG-TS are read. What is unknown is absent: for damaged files and other kinds of files, everything.

A file is read when its facts are first requested; they are kept until it changes. At most two files are read at a time, further requests wait, and those whose client leaves are dropped. At most 16 MiB of a file are read, within ten seconds, by a thread that is terminated if a damaged file keeps it busy.`,
  parameters: [KEY, GRANT, ...SIGNATURE, ...PRECONDITIONS],
  responses: {
    '200': {
      description: 'What is known.',
      headers: { ...FIELDS.contentLength, ...CACHED },
      content: {
        'application/json': {
          schema: ref('MediaFacts'),
          example: {
            duration: 20,
            width: 640,
            height: 360,
            cover: 'api/cover/Plasma_Clock__c04e6b17-92aa-4f0d.mp4',
          },
        },
      },
    },
    '304': ANSWERS.notModified(CACHED),
    '403': ANSWERS.forbidden,
    '404': ANSWERS.notFound,
    '405': ANSWERS.wrongMethod,
    '412': ANSWERS.detail('If-Match names other versions.', 'Precondition failed', FIELDS.referrerPolicy),
    '500': ANSWERS.fault,
    '503': {
      ...ANSWERS.busy,
      description: 'Too many files are waiting to be read, or this one was created a moment ago.',
    },
  },
  'x-codeSamples': getSamples('/api/media/film.mp4', {
    javascript: 'found.duration',
    python: "found['duration']",
  }),
}

const PICTURE = { ...FILE_FIELDS, ...FIELDS.disposition, ...FIELDS.sandbox } as const

const getCover: Operation = {
  operationId: 'getCover',
  tags: [TAG],
  summary: 'The cover of a file',
  description:
    'The picture next to the file (`song.jpg`, or `cover.jpg` or `folder.jpg` of an album), otherwise the one embedded in it. JPEG, PNG and WebP, embedded also GIF; never SVG, which can contain scripts. At most 16 MiB next to the file, 4 MiB embedded.',
  parameters: [KEY, GRANT, ...SIGNATURE, ...RANGE_FIELDS, ...PRECONDITIONS, ...DATE_PRECONDITIONS],
  responses: {
    '200': { description: 'The picture.', headers: PICTURE, content: { 'image/*': {} } },
    '206': {
      description: 'A range of it.',
      headers: { ...FIELDS.contentRange, ...PICTURE },
      content: { 'image/*': {} },
    },
    '304': ANSWERS.notModified(CACHED),
    '403': ANSWERS.forbidden,
    '404': { ...ANSWERS.notFound, description: 'There is no such file, or it has no cover.' },
    '405': ANSWERS.wrongMethod,
    '412': ANSWERS.preconditionFailed,
    '416': { description: 'No range has a byte of the picture.', headers: FIELDS.contentRangeOfNone },
  },
  'x-codeSamples': samples({ curl: `curl -s -o cover '${sampleUrl('/api/cover/')}'` }),
}

const SUBTITLES = 'http://127.0.0.1:8001/api/subtitles/film.en.vtt'

const getSubtitles: Operation = {
  operationId: 'getSubtitles',
  tags: [TAG],
  summary: 'Subtitles as WebVTT',
  description:
    'A `.vtt` or `.srt` file as WebVTT in UTF-8, whatever its encoding is. Files of up to 2 MiB are converted.',
  parameters: [
    { ...KEY, description: 'The key of the `.vtt` or `.srt` file.', example: 'film.en.srt' },
    GRANT,
    ...SIGNATURE,
    ...RANGE_FIELDS,
    ...PRECONDITIONS,
    ...DATE_PRECONDITIONS,
  ],
  responses: {
    '200': {
      description: 'The subtitles.',
      headers: FILE_FIELDS,
      content: {
        'text/vtt': {
          schema: { type: 'string', pattern: '^WEBVTT' },
          example: 'WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n',
        },
      },
    },
    '206': {
      description: 'A range of them.',
      headers: { ...FIELDS.contentRange, ...FILE_FIELDS },
      content: { 'text/vtt': {} },
    },
    '304': ANSWERS.notModified(CACHED),
    '403': ANSWERS.forbidden,
    '404': ANSWERS.notFound,
    '405': ANSWERS.wrongMethod,
    '412': ANSWERS.preconditionFailed,
    '416': { description: 'No range has a byte of them.', headers: FIELDS.contentRangeOfNone },
  },
  'x-codeSamples': samples({
    curl: `curl '${SUBTITLES}'`,
    video: `
<video controls src="${sampleUrl('/api/stream/')}">
  <track default kind="subtitles" srclang="en" label="English" src="${SUBTITLES}">
</video>`,
  }),
}

const getPlaylist: Operation = {
  operationId: 'getPlaylist',
  tags: [TAG],
  summary: 'A folder as a playlist',
  description:
    'The video and audio files of a folder as M3U, for VLC and other players; up to 10,000 files. Links in it are relative to its own address, and signed where that is needed.',
  parameters: [
    {
      name: 'path',
      in: 'query',
      description: 'The folder.',
      schema: { type: 'string', default: '' },
      example: 'films',
    },
    {
      name: 'sort',
      in: 'query',
      description: 'The order, as in `/api/videos`. What is no order is ignored.',
      schema: ref('Sort'),
    },
    GRANT,
  ],
  responses: {
    '200': {
      description: 'The playlist.',
      headers: {
        ...FIELDS.contentLength,
        ...FIELDS.disposition,
        ...FIELDS.cacheControl,
        ...FIELDS.referrerPolicy,
        ...FIELDS.noSniff,
      },
      content: {
        'audio/x-mpegurl': {
          schema: { type: 'string', pattern: '^#EXTM3U\\n' },
          example: '#EXTM3U\n#PLAYLIST:films\n#EXTINF:20,film\nstream/films/film.mp4\n',
        },
      },
    },
    '403': ANSWERS.forbidden,
    '404': { ...ANSWERS.notFound, description: 'There is no such folder, or the place has no lists.' },
    '405': ANSWERS.wrongMethod,
  },
  'x-codeSamples': samples({
    curl: "curl 'http://127.0.0.1:8001/api/playlist.m3u8'",
    python: `
from urllib.parse import urljoin
from urllib.request import urlopen

with urlopen('http://127.0.0.1:8001/api/playlist.m3u8') as response:
    lines = response.read().decode().splitlines()
    print([urljoin(response.url, line) for line in lines if not line.startswith('#')])`,
  }),
}

/** What belongs to a file. */
export const MEDIA_PATHS: Readonly<Record<string, PathItem>> = {
  '/api/media/{key}': { get: getMedia, head: headOf(getMedia) },
  '/api/cover/{key}': { get: getCover, head: headOf(getCover) },
  '/api/subtitles/{key}': { get: getSubtitles, head: headOf(getSubtitles) },
  '/api/playlist.m3u8': { get: getPlaylist, head: headOf(getPlaylist) },
}
