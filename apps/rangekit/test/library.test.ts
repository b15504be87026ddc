import { writeFileSync } from 'node:fs'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange, field } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import type { LibraryPage } from '../src/library/protocol.ts'
import { startServer } from './support/server.ts'

const COUNT = 20_000

describe('a folder of 20,000 files', () => {
  const folder = sharedFolder(({ at }) => {
    for (let index = 0; index < COUNT; index++) {
      writeFileSync(at(`Film_${index}__${(index * 7919) % COUNT}.mp4`), '')
    }
  })
  const server = sharedServer(() => startServer(folder.path))

  async function list(query: string): Promise<LibraryPage> {
    const { status, body } = await exchange(server.port, `GET /api/videos?${query}`)
    expect(status).toBe(200)
    return JSON.parse(body.toString())
  }

  it('is read in pages, each file once, in natural order', async () => {
    const titles: string[] = []
    let cursor: string | undefined = ''
    while (cursor !== undefined) {
      const page: LibraryPage = await list(`limit=1000&cursor=${cursor}`)
      expect(page.total).toBe(COUNT)
      titles.push(...page.entries.map(({ title }) => title))
      cursor = page.next
    }
    expect(titles).toEqual(Array.from({ length: COUNT }, (_, index) => `Film ${index}`))
  })

  it('is searched, and served meanwhile', async () => {
    const [found, film] = await Promise.all([
      list('q=film+1999'),
      exchange(server.port, 'GET /api/stream/Film_0__0.mp4'),
    ])
    expect(film.status).toBe(200)
    // 1999 and 19990 to 19999, and those with 1999 in their id.
    expect(found.entries.every(({ name }) => name.includes('1999'))).toBe(true)
    expect(found.total).toBeGreaterThanOrEqual(11)
  })

  it('has a 304 while it stays the same, and shows a new file', async () => {
    const first = await exchange(server.port, 'GET /api/videos?sort=-modified&limit=1')
    const fields = [`If-None-Match: ${field(first, 'etag')}`]
    expect((await exchange(server.port, 'GET /api/videos?sort=-modified&limit=1', fields)).status).toBe(304)
    folder.put('A new film.mp4', '')
    await expect.poll(async () => (await list('limit=1')).entries[0]?.title).toBe('A new film')
    expect((await list('limit=1')).total).toBe(COUNT + 1)
  })
})
