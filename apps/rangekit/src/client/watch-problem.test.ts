import { expect, it } from 'vitest'
import { explain } from './watch-problem.ts'

const fault = {
  code: 4,
  status: 200,
  changed: false,
  contentType: 'video/x-matroska',
  isEmpty: false,
  isGrowing: false,
}

it.each([
  ['the server is gone', { ...fault, status: undefined }, 'The server does not answer', 'reload'],
  ['the link has expired', { ...fault, status: 403 }, 'This link is no longer valid', ''],
  ['the file was deleted', { ...fault, status: 404 }, 'The file is gone', 'reload'],
  ['the server is busy', { ...fault, status: 503 }, 'The server cannot send the file now', 'reload'],
  ['the file was replaced', { ...fault, code: 2, changed: true }, 'The file has changed', 'reload'],
  ['the file has no bytes', { ...fault, isEmpty: true }, 'The file is empty', 'reload'],
  ['the rest has not come', { ...fault, code: 2, isGrowing: true }, 'The rest is not there yet', 'reload'],
  ['the connection broke', { ...fault, code: 2 }, 'The connection broke', 'reload'],
  [
    'the data is damaged',
    { ...fault, code: 3 },
    'This browser cannot decode the file',
    'vlc download reload',
  ],
  ['the format is unknown', fault, 'This browser cannot play the file', 'vlc download'],
])('says what helps where %s', (_, given, title, ways) => {
  const explanation = explain(given)
  expect([explanation.title, explanation.ways.join(' ')]).toEqual([title, ways])
})
