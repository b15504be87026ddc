import { mkdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PartFile } from './part-file.ts'

const VERSION = { url: 'https://media.example/a', etag: '"one"', lastModified: undefined, length: 4 }
let folder: TestFolder
beforeEach(() => {
  folder = makeFolder()
})
afterEach(() => folder.remove())

const LOST = /^another process has replaced or removed .*film\.part$/
const batch = (text: string) => ({ chunks: [Buffer.from(text)], bytes: text.length })

/** Two that began at the same moment, so that neither found the record of the other. */
async function openTwice(): Promise<{ readonly first: PartFile; readonly second: PartFile }> {
  const first = await PartFile.open(folder.at('film'), VERSION)
  await rm(folder.at('film.part.json'))
  return { first, second: await PartFile.open(folder.at('film'), VERSION) }
}

describe('of two downloads of one file that begin at the same moment', () => {
  it('the first one ends, and the bytes of the second are the file', async () => {
    const { first, second } = await openTwice()
    await first.write(batch('1111'), 0)
    await expect(first.finish()).rejects.toThrow(LOST)
    await second.write(batch('2222'), 0)
    await second.finish()
    expect(readFileSync(folder.at('film'), 'utf8')).toBe('2222')
  })

  it.each(['suspend', 'discard'] as const)(
    'the first one leaves that of the second alone: %s',
    async (end) => {
      const { first, second } = await openTwice()
      await first.write(batch('11'), 0)
      await first[end]().catch((error: unknown) => expect(String(error)).toMatch('another process'))
      await second.suspend()
      const resumed = await PartFile.open(folder.at('film'), VERSION)
      expect([resumed.beginning, resumed.bytes]).toEqual(['resumed', 0])
      await resumed.discard()
    },
  )

  it('the first one ends with its next write', async () => {
    const { first, second } = await openTwice()
    await expect(first.save()).rejects.toThrow(LOST)
    await expect(first.write(batch('11'), 0)).rejects.toThrow(LOST)
    await first.discard()
    await second.discard()
  })
})

it('a record that cannot be written ends it, and its timer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    mkdirSync(folder.at('film.part.json.new'))
    await expect(PartFile.open(folder.at('film'), VERSION)).rejects.toMatchObject({ code: 'EISDIR' })
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
