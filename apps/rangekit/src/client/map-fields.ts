/** The fields that decided a request, and what they mean to someone who has never read one. */
import { make } from './map-dom.ts'
import type { Seen } from './map-seen.ts'

const MEANINGS: Readonly<Record<string, string>> = {
  Range: 'which bytes are wanted; the first byte is number 0',
  'If-Range': 'the range is wanted only of this version; otherwise everything',
  'If-Match': 'only if the file still is this version; otherwise a 412',
  'If-None-Match': 'only if the file is not this version, which the client has; otherwise a 304',
  'If-Modified-Since': 'only if the file has changed since then; otherwise a 304',
  'If-Unmodified-Since': 'only if the file has not changed since then; otherwise a 412',
  'Sec-Fetch-Dest': 'what the browser wants it for',
  'User-Agent': 'the program that asks',
  'Content-Range': 'which bytes these are, and how many there are',
  'Content-Length': 'bytes in this response',
  'Content-Type': 'what kind of file it is',
  ETag: 'the name of this version; another version has another name',
  'Last-Modified': 'when the file last changed',
  'Accept-Ranges': 'parts may be asked for in bytes',
}

/** The decisive fields of a request and its response, with what they mean. */
export function fieldsOf({ begun }: Seen): HTMLElement {
  const group = (title: string, fields: Readonly<Record<string, string>>) => [
    make('h4', '', title),
    make(
      'dl',
      '',
      ...Object.entries(fields).map(([name, value]) =>
        make(
          'div',
          '',
          make('dt', '', name),
          make('dd', '', make('code', '', value), ' ', make('span', 'map-meaning', meaningOf(name))),
        ),
      ),
    ),
  ]
  return make(
    'div',
    'map-fields',
    make('div', '', ...group('Request', begun.fields)),
    make('div', '', ...group('Response', begun.answer)),
  )
}

/** What a field means; empty if unknown. */
function meaningOf(name: string): string {
  return MEANINGS[name] ?? ''
}
