import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readCursor, writeCursor } from './cursor.ts'
import { SORTS } from './protocol.ts'

const place = { kind: 'video', key: 'a/My_Film__1.mp4', title: 'My Film', size: 5, modified: 7 } as const
const encode = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url')

it.each(SORTS)('a cursor names its place in %s, and in no other order', (sort) => {
  const { kind: _, ...rest } = place
  const cursor = writeCursor(place, sort)
  expect(cursor).toMatch(/^[\w-]+$/)
  expect(readCursor(cursor, sort)).toMatchObject(rest)
  for (const other of SORTS) if (other !== sort) expect(readCursor(cursor, other)).toBeUndefined()
  expect(
    readCursor(writeCursor({ ...place, kind: 'folder', title: 'My_Film__1.mp4' }, sort), sort),
  ).toMatchObject({
    kind: 'folder',
    title: 'My_Film__1.mp4',
  })
})

it.each([
  ['', ''],
  ['no JSON', 'x'],
  ['no list', encode({ key: 'a' })],
  ['null', encode(null)],
  ['too short', encode(['title', 0, 'a', 0])],
  ['too long', encode(['title', 0, 'a', 0, 0, 0])],
  ['without a key', encode(['title', 0, 7, 0, 0])],
  ['with a key that is none', encode(['title', 0, '../a', 0, 0])],
  ['with a fraction', encode(['title', 0, 'a', 0.5, 0])],
  ['with a text for a number', encode(['title', 0, 'a', '0', 0])],
  ['with another kind', encode(['title', 2, 'a', 0, 0])],
])('a text is not a cursor if it is %s', (_, text) => {
  expect(readCursor(text, 'title')).toBeUndefined()
})

it('any text can be read', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => readCursor(text, 'title') === undefined))
  fc.assert(
    fc.property(fc.json(), (json) => {
      readCursor(Buffer.from(json).toString('base64url'), 'title')
    }),
  )
})
