import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { placeObjects } from './large-objects.ts'

// Wrangler's real buckets are tested in ../test/large.alone.test.ts.
const CURRENT = 'CREATE TABLE _mf_objects (key TEXT, blob_id TEXT, size INTEGER, etag TEXT)'

let folder: TestFolder
let state: string
beforeEach(() => {
  folder = makeFolder()
  state = folder.path
  for (const name of ['db', 'blobs', 'copies']) mkdirSync(join(state, name))
})
afterEach(() => folder.remove())

/** Makes a bucket with one placeholder, and a copy that is to replace it. */
function prepare(schema: string, blobName: string, content: string) {
  const database = new DatabaseSync(join(state, 'db', 'a.sqlite'))
  database.exec(schema)
  if (schema === CURRENT) database.exec("INSERT INTO _mf_objects VALUES ('film.mp4', 'b10b', 7, 'e7a6')")
  database.close()
  const [blob, copy] = [join(state, 'blobs', blobName), join(state, 'copies', '0')]
  writeFileSync(blob, content)
  writeFileSync(copy, 'the film')
  return { blob, object: { key: 'film.mp4', copy, size: 8, version: 'version' } }
}

it('replaces a placeholder by its copy', async () => {
  const { blob, object } = prepare(CURRENT, 'b10b', 'version')
  expect(await placeObjects(state, [object])).toBe(true)
  expect(readFileSync(blob, 'utf8')).toBe('the film')
  using database = new DatabaseSync(join(state, 'db', 'a.sqlite'))
  expect(database.prepare('SELECT * FROM _mf_objects').all()).toMatchObject([{ size: 8, etag: 'e7a6-1' }])
})

it.each([
  ['the table has another name', 'CREATE TABLE objects (key TEXT)', 'b10b', 'version'],
  ['a column has another name', CURRENT.replace('size', 'length'), 'b10b', 'version'],
  ['the file with the content has another name', CURRENT, 'b10b.bin', 'version'],
  ['the content is stored in another form', CURRENT, 'b10b', 'compressed'],
])('changes nothing if %s', async (_, schema, blobName, content) => {
  const { blob, object } = prepare(schema, blobName, content)
  expect(await placeObjects(state, [object])).toBe(false)
  expect(readFileSync(blob, 'utf8')).toBe(content)
  expect(readFileSync(object.copy, 'utf8')).toBe('the film')
})
