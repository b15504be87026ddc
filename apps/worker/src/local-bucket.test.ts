import { once } from 'node:events'
import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { VERSION_FIELD } from './bucket-protocol.ts'
import { type FillOptions, fillBucket, uploadLarge } from './local-bucket.ts'

const LARGE = 10 * 1024 * 1024

interface TestObject {
  readonly version: string
  readonly body: string
}

/** Stands in for `bucket-worker.ts`. */
let bucket: Server
let objects: Map<string, TestObject>
/** Runs before an object is stored; returns the status of the response. */
let onPut: (key: string) => number
let lines: string[]
let folder: TestFolder
let dir: string
let options: FillOptions

beforeEach(async () => {
  objects = new Map()
  onPut = () => 200
  lines = []
  folder = makeFolder()
  dir = folder.at('media')
  mkdirSync(dir)
  bucket = createServer(async (request, response) => {
    const key = decodeURIComponent((request.url ?? '').slice(1))
    const body = await text(request)
    switch (request.method) {
      case 'PUT': {
        const version = String(request.headers[VERSION_FIELD])
        response.statusCode = onPut(key)
        if (response.statusCode === 200) objects.set(key, { version, body })
        break
      }
      case 'DELETE':
        objects.delete(key)
        break
      default: {
        const list = [...objects].map(([name, object]) => ({
          key: name,
          size: object.body.length,
          ...object,
        }))
        response.write(JSON.stringify(list))
      }
    }
    response.end()
  })
  await once(bucket.listen(0, '127.0.0.1'), 'listening')
  const address = bucket.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const warn = (line: string) => void lines.push(line)
  options = { dir, origin: `http://127.0.0.1:${port}`, copies: folder.at('copies'), warn }
})
afterEach(() => {
  bucket.close()
  bucket.closeAllConnections()
  folder.remove()
})

const put = (name: string, content: string) => writeFileSync(join(dir, name), content)
const putSparse = (name: string, length: number) => {
  put(name, '')
  truncateSync(join(dir, name), length)
}
const fill = async () => {
  rmSync(options.copies, { recursive: true, force: true })
  return await fillBucket(options)
}

it('stores new and changed files, and deletes objects whose files are gone', async () => {
  const stored: string[] = []
  onPut = (key) => {
    stored.push(key)
    return 200
  }
  // The last name would be lost as a property of a plain object.
  const names = ['same', 'changed', 'gone', '__proto__']
  for (const name of names) put(name, 'old')
  await fill()
  expect(stored.splice(0).sort()).toEqual(names.toSorted())

  put('changed', 'newer')
  rmSync(join(dir, 'gone'))
  await fill()
  expect(stored).toEqual(['changed'])
  expect([...objects.keys()].sort()).toEqual(['__proto__', 'changed', 'same'])
  expect(objects.get('changed')?.body).toBe('newer')
})

it('leaves out a file that was removed after it was listed, and stores the others', async () => {
  put('1.txt', 'one')
  put('2.txt', 'two')
  onPut = (key) => {
    for (const name of readdirSync(dir)) if (name !== key) rmSync(join(dir, name))
    return 200
  }
  await fill()
  expect(objects.size).toBe(1)
  expect(lines).toEqual([expect.stringMatching(/^left out [12]\.txt: it no longer exists$/)])
})

it('fails if the bucket refuses an object', async () => {
  put('a.txt', 'a')
  onPut = () => 500
  await expect(fill()).rejects.toThrow('the local bucket answered 500 for a.txt')
})

it('stores a placeholder for a large file until it is replaced', async () => {
  putSparse('film.mp4', LARGE)
  const [first] = await fill()
  expect(first).toMatchObject({ key: 'film.mp4', size: LARGE, version: objects.get('film.mp4')?.version })
  expect(objects.get('film.mp4')?.body).toBe(first?.version)

  // A start that was killed in between does not leave the placeholder in place of the file.
  expect(await fill()).toHaveLength(1)
  objects.set('film.mp4', { version: first?.version ?? '', body: 'x'.repeat(LARGE) })
  expect(await fill()).toEqual([])
})

it('can send large files through workerd', async () => {
  putSparse('film.mp4', LARGE)
  putSparse('refused.mp4', LARGE)
  const large = await fill()
  onPut = (key) => (key === 'refused.mp4' ? 400 : 200)
  await uploadLarge(large, options)
  expect([...objects.keys()]).toEqual(['film.mp4'])
  expect(objects.get('film.mp4')?.body).toBe('\0'.repeat(LARGE))
  expect(lines).toEqual(['left out refused.mp4: the local bucket answered 400 for refused.mp4'])
})
