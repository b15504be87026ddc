import { execFileSync } from 'node:child_process'
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ByteRange, Representation } from '@rangekit/range-core'
import { createHandler } from '@rangekit/range-handler'
import { rangeSourceChecks } from '@rangekit/range-handler/testing'
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { type Folder, makeReplacingFolder, testFolder } from '../test/support/folder.ts'
import { type FileSourceOptions, fileSource } from './file-source.ts'

describe.each<[string, FileSourceOptions, isOld?: boolean]>([
  // Of a new file, sources wait for the final entity tag: almost a second. Those with their defaults are given such files.
  ['that keeps no files open', { maxOpenFiles: 0 }, true],
  ['that checks the path on every request', { revalidateAfter: 0 }, true],
  ['with its defaults', {}],
])('a source of files %s keeps the contract: it', (_, options, isOld = false) => {
  const folder = makeReplacingFolder()
  let age = 1000
  afterAll(() => folder.remove())
  const checks = rangeSourceChecks({
    source: fileSource(folder.path, options),
    put(key, bytes) {
      folder.put(key, bytes)
      // Every version has its time.
      if (isOld) folder.age(key, age++)
    },
    remove: (key) => rmSync(folder.at(key)),
    opened: () => folder.openDescriptors(),
  })
  for (const { name, run } of checks) it(name, { timeout: 20_000 }, run)
})

async function openIn(folder: Folder, key: string, options?: FileSourceOptions): Promise<Representation> {
  const representation = await fileSource(folder.path, options).open(key)
  if (representation === undefined) throw new Error(`${key} was not found`)
  return representation
}

async function bytesOf(representation: Representation, range: ByteRange): Promise<Uint8Array> {
  return new Uint8Array(await new Response(await representation.read(range)).arrayBuffer())
}

/** Sets the times of a file to the last tick of a slow clock. */
function stampByTick(path: string): void {
  const seconds = Math.floor(Date.now() / 10) / 100
  utimesSync(path, seconds, seconds)
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('fileSource', () => {
  it('refuses at once a root that is not a folder', () => {
    const folder = testFolder()
    folder.put('a.txt', 'a')
    expect(() => fileSource(folder.at('missing'))).toThrow('ENOENT')
    expect(() => fileSource(folder.at('a.txt'))).toThrow(new TypeError(`Not a folder: ${folder.at('a.txt')}`))
  })

  it('accepts a root by any of its paths', async () => {
    const folder = testFolder()
    folder.put('real/a.txt', 'a')
    symlinkSync('real', folder.at('link'))
    for (const name of ['real', 'real/', 'link', './real/../link']) {
      const representation = await fileSource(folder.at(name)).open('a.txt')
      expect(representation?.completeLength).toBe(1)
      await representation?.close()
    }
  })

  it.each([
    '..',
    '../a.txt',
    'b/../a.txt',
    '.hidden',
    'b/.hidden',
    '/a.txt',
    'a.txt\0',
    'a.txt/',
    'b',
    'missing',
  ])('finds nothing under %j', async (key) => {
    const folder = testFolder()
    folder.put('root/a.txt', 'a')
    folder.put('root/.hidden', 'hidden')
    folder.put('root/b/.hidden', 'hidden')
    folder.put('a.txt', 'outside')
    expect(await fileSource(folder.at('root')).open(key)).toBeUndefined()
  })

  it('takes the media type from the extension, unless contentType is given', async () => {
    const folder = testFolder()
    folder.put('a.mp4', 'a')
    const known = await openIn(folder, 'a.mp4')
    expect(known.contentType).toBe('video/mp4')
    const chosen = await openIn(folder, 'a.mp4', { contentType: (key) => `x/${key}` })
    expect(chosen.contentType).toBe('x/a.mp4')
    const unknown = await openIn(folder, 'a.mp4', { contentType: () => undefined })
    expect(unknown.contentType).toBeUndefined()
    await Promise.all([known, chosen, unknown].map((representation) => representation.close()))
  })

  it('reports length, entity tag and modification time of the file', async () => {
    const folder = testFolder()
    folder.put('a.txt', '12345')
    folder.age('a.txt', 60)
    const representation = await openIn(folder, 'a.txt')
    expect(representation.completeLength).toBe(5)
    expect(representation.etag).toEqual({ opaque: expect.stringMatching(/^[0-9a-z]+-5$/), weak: false })
    expect(Math.round((Date.now() - (representation.lastModified?.getTime() ?? 0)) / 1000)).toBe(60)
    await representation.close()
  })

  it('gives copies on two machines the same entity tag, and the next version another', async () => {
    const [here, there] = [testFolder(), testFolder()]
    const tagOf = async (folder: Folder) => {
      const representation = await openIn(folder, 'a.txt')
      await representation.close()
      return representation.etag
    }
    const now = Date.now()
    vi.spyOn(Date, 'now').mockReturnValue(now)
    for (const folder of [here, there]) {
      folder.put('a.txt', 'same')
      folder.age('a.txt', 60)
    }
    expect(await tagOf(here)).toEqual(await tagOf(there))
    there.put('a.txt', 'next')
    there.age('a.txt', 59)
    expect(await tagOf(there)).not.toEqual(await tagOf(here))
  })

  it('waits until a file that was just written has its final entity tag', async () => {
    const folder = testFolder()
    const source = fileSource(folder.path)
    for (const key of ['a.txt', 'b.txt']) {
      folder.put(key, key)
      // Not on a whole second, which a slow clock may have stamped.
      const now = (Date.now() + 0.5) / 1000
      utimesSync(folder.at(key), now, now)
      const first = await source.open(key)
      const later = await source.open(key)
      expect(first).toMatchObject({ etag: { weak: false }, cacheControl: undefined })
      expect(later?.etag).toEqual(first?.etag)
      await Promise.all([first?.close(), later?.close()])
    }
  })

  it('gives a strong entity tag for a file that was just written, whenever it is first requested', async () => {
    const folder = testFolder()
    const source = fileSource(folder.path)
    const openAfter = async (milliseconds: number) => {
      const name = `${milliseconds}.txt`
      folder.put(name, 'a')
      await new Promise((resolve) => setTimeout(resolve, milliseconds % 50))
      const representation = await source.open(name)
      await representation?.close()
      return representation?.etag?.weak
    }
    for (let round = 0; round < 8; round++) {
      const weak = await Promise.all(
        Array.from({ length: 100 }, (_, index) => openAfter(100 * round + index)),
      )
      expect(weak.filter((isWeak) => isWeak !== false)).toEqual([])
    }
  })

  it('does not wait for a file that keeps changing, and lets no cache keep it', async () => {
    const folder = testFolder()
    folder.put('a.txt', 'a')
    const writing = setInterval(() => folder.put('a.txt', 'a'), 5)
    const started = performance.now()
    const representation = await openIn(folder, 'a.txt')
    clearInterval(writing)
    expect(performance.now() - started).toBeLessThan(2000)
    expect(representation).toMatchObject({ etag: { weak: true }, cacheControl: 'no-store' })
    await representation.close()
  })

  it('makes the entity tag strong once the file has settled, and lets no cache keep it until then', async () => {
    const folder = testFolder()
    folder.put('a.txt', 'a')
    const source = fileSource(folder.path, { revalidateAfter: 0 })
    const written = 1_800_000_000_123
    const now = vi.spyOn(Date, 'now').mockReturnValue(written)
    folder.age('a.txt', 0)
    const at = async (milliseconds: number) => {
      now.mockReturnValue(written + milliseconds)
      const representation = await source.open('a.txt')
      await representation?.close()
      return representation
    }
    for (const age of [1, 20, 45]) {
      expect(await at(age)).toMatchObject({ etag: { weak: true }, cacheControl: 'no-store' })
    }
    expect((await at(45))?.etag?.opaque).not.toBe((await at(45))?.etag?.opaque)
    const settled = await at(55)
    expect(settled?.etag?.weak).toBe(false)
    expect(settled?.cacheControl).toBeUndefined()
    // A step of the clock, forward or back, does not change that.
    for (const age of [1000, 3_600_000, -3_600_000]) {
      expect(await at(age)).toMatchObject({ etag: settled?.etag, cacheControl: undefined })
    }
  })

  it('has a strong entity tag soon after a file was written, and no response before that may be kept', async () => {
    const folder = testFolder()
    const handler = createHandler(fileSource(folder.path))
    for (let round = 0; round < 5; round++) {
      folder.put(`${round}.txt`, 'a')
      const written = performance.now()
      const seen: string[] = []
      do {
        const { headers } = await handler(new Request(`http://localhost/${round}.txt`, { method: 'HEAD' }))
        const weak = headers.get('etag')?.startsWith('W/')
        seen.push(`${weak ? 'weak' : 'strong'} ${headers.get('cache-control')}`)
      } while (!seen.at(-1)?.startsWith('strong') && performance.now() - written < 1000)
      expect(seen.pop()).toBe('strong null')
      for (const before of seen) expect(before).toBe('weak no-store')
    }
  })

  it.each<[string, string, FileSourceOptions, (folder: Folder, content: string) => void]>([
    ['by renaming', 'kernel', { revalidateAfter: 0 }, (folder, content) => folder.put('a.txt', content)],
    ['in place', 'kernel', {}, (folder, content) => writeFileSync(folder.at('a.txt'), content)],
    [
      'by renaming',
      'clock that ticks every 10 ms',
      { revalidateAfter: 0 },
      (folder, content) => {
        folder.put('next.txt', content)
        stampByTick(folder.at('next.txt'))
        renameSync(folder.at('next.txt'), folder.at('a.txt'))
      },
    ],
    [
      'in place',
      'clock that ticks every 10 ms',
      {},
      (folder, content) => {
        writeFileSync(folder.at('a.txt'), content)
        stampByTick(folder.at('a.txt'))
      },
    ],
  ])(
    'gives no two contents of equal length the same strong entity tag when a file is overwritten %s, stamped by the %s',
    async (_how, _clock, options, write) => {
      const folder = testFolder()
      const source = fileSource(folder.path, options)
      // Milliseconds between a write and an open; seven of eight rounds do not pause.
      const pauses = [1, 3, 10, 46, 48, 49, 50, 50, 51, 52, 54, 60]
      let strong = 0
      const contents = new Map<string, string>()
      const ends = performance.now() + 1000
      for (let round = 0; performance.now() < ends; round++) {
        const content = `version ${round}`.padEnd(16)
        write(folder, content)
        const pause = round % 8 === 0 ? (pauses[(round / 8) % pauses.length] ?? 0) : 0
        if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
        const representation = await source.open('a.txt')
        if (representation === undefined) throw new Error('The file was not found')
        const bytes = await representation.read({ firstPos: 0, lastPos: 15 })
        await representation.close()
        const { etag } = representation
        if (etag === undefined || etag.weak) continue
        strong++
        const text = await new Response(bytes).text()
        expect(contents.get(etag.opaque) ?? text).toBe(text)
        contents.set(etag.opaque, text)
      }
      expect(strong).toBeGreaterThan(5)
    },
  )

  it('reports the digest in a sidecar only if digests are on', async () => {
    const folder = testFolder()
    folder.put('a.txt', 'a')
    folder.put('a.txt.sha256', `${'0'.repeat(64)}  a.txt\n`)
    const plain = await openIn(folder, 'a.txt')
    expect(plain.digests).toBeUndefined()
    const digesting = await openIn(folder, 'a.txt', { digests: true })
    expect(digesting.digests).toEqual({ 'sha-256': Buffer.alloc(32).toString('base64') })
    await Promise.all([plain.close(), digesting.close()])
  })

  it('reads up to 256 KiB in one piece, and streams more', async () => {
    const folder = testFolder()
    folder.put('a.bin', new Uint8Array(300_000))
    const representation = await openIn(folder, 'a.bin')
    expect(await representation.read({ firstPos: 1, lastPos: 262_144 })).toBeInstanceOf(Uint8Array)
    const stream = await representation.read({ firstPos: 0, lastPos: 262_144 })
    expect(stream).toBeInstanceOf(ReadableStream)
    expect((await new Response(stream).arrayBuffer()).byteLength).toBe(262_145)
    await representation.close()
  })

  it('breaks the body of a file that is truncated while it is sent', async () => {
    const folder = testFolder()
    folder.put('a.bin', new Uint8Array(1_000_000).fill(1))
    const handler = createHandler(fileSource(folder.path), { onError: () => {} })
    for (const field of ['bytes=0-', 'bytes=300000-999999', 'bytes=0-9,500000-500009']) {
      folder.put('a.bin', new Uint8Array(1_000_000).fill(1))
      const response = await handler(new Request('http://localhost/a.bin', { headers: { Range: field } }))
      expect(response.status).toBe(206)
      truncateSync(folder.at('a.bin'), 400_000)
      await expect(response.arrayBuffer()).rejects.toThrow('bytes early')
    }
    await vi.waitFor(() => expect(folder.openDescriptors()).toBe(0), { timeout: 5000 })
  })

  it('sends none of the bytes that are appended while a file is sent', async () => {
    const folder = testFolder()
    folder.put('a.bin', new Uint8Array(1_000_000).fill(1))
    const handler = createHandler(fileSource(folder.path))
    const response = await handler(new Request('http://localhost/a.bin'))
    const file = openSync(folder.at('a.bin'), 'a')
    writeSync(file, new Uint8Array(500_000).fill(2))
    closeSync(file)
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(bytes.byteLength).toBe(1_000_000)
    expect(bytes.every((byte) => byte === 1)).toBe(true)
  })

  it('gives the same bytes as slicing, for any content and any range', async () => {
    const folder = testFolder()
    const source = fileSource(folder.path, { revalidateAfter: 0 })
    const handler = createHandler(source)
    let age = 1000
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 2000 }),
        fc.nat(2100),
        fc.nat(2100),
        async (data, a, b) => {
          folder.put('a.bin', data)
          // Every version has its time, and none is so new that it has to settle.
          folder.age('a.bin', age++)
          const [first, last] = [Math.min(a, b), Math.max(a, b)]
          const headers = { Range: `bytes=${first}-${last}` }
          const response = await handler(new Request('http://localhost/a.bin', { headers }))
          expect(response.status).toBe(first < data.length ? 206 : 416)
          expect(new Uint8Array(await response.arrayBuffer())).toEqual(data.slice(first, last + 1))
        },
      ),
    )
  })

  it('reads any position of a file of 5 GiB', async () => {
    const folder = testFolder()
    const length = 5 * 2 ** 30 + 12_345
    const file = openSync(folder.at('big.bin'), 'w')
    ftruncateSync(file, length)
    // A different mark around each position where a 31-bit or 32-bit number would overflow, and at both ends.
    const marked = [0, 2 ** 31 - 4, 2 ** 32 - 4, length - 8]
    for (const [index, position] of marked.entries()) {
      writeSync(file, new Uint8Array(8).fill(index + 1), 0, 8, position)
    }
    closeSync(file)
    const handler = createHandler(fileSource(folder.path))
    const representation = await openIn(folder, 'big.bin')
    expect(representation.completeLength).toBe(length)
    for (const [index, position] of marked.entries()) {
      const [firstPos, lastPos] = [Math.max(0, position - 2), Math.min(position + 9, length - 1)]
      const expected = Uint8Array.from({ length: lastPos - firstPos + 1 }, (_, at) =>
        firstPos + at >= position && firstPos + at < position + 8 ? index + 1 : 0,
      )
      const headers = { Range: `bytes=${firstPos}-${lastPos}` }
      const response = await handler(new Request('http://localhost/big.bin', { headers }))
      expect(response.headers.get('content-range')).toBe(`bytes ${firstPos}-${lastPos}/${length}`)
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(expected)
      expect(await bytesOf(representation, { firstPos, lastPos })).toEqual(expected)
      const target = new Uint8Array(expected.byteLength)
      expect(await representation.readInto?.(target, firstPos)).toBe(target.byteLength)
      expect(target).toEqual(expected)
    }
    const across = await handler(
      new Request('http://localhost/big.bin', {
        headers: { Range: `bytes=${2 ** 32 - 500_000}-${2 ** 32 + 499_999}` },
      }),
    )
    const bytes = new Uint8Array(await across.arrayBuffer())
    expect(bytes.byteLength).toBe(1_000_000)
    expect([...bytes.subarray(499_995, 500_005)]).toEqual([0, 3, 3, 3, 3, 3, 3, 3, 3, 0])
    await representation.close()
  })

  it('is busy when descriptors run out, keeps none open, and recovers', { timeout: 20_000 }, () => {
    const folder = testFolder()
    mkdirSync(folder.at('root'))
    for (const key of ['a.txt', 'b.txt', 'c.txt']) {
      folder.put(`root/${key}`, key)
      folder.put(`root/${key}.sha256`, `${'0'.repeat(64)}  ${key}\n`)
    }
    const script = fileURLToPath(new URL('../test/support/few-descriptors.ts', import.meta.url))
    const command = 'ulimit -n 64 && exec "$0" "$@"'
    const printed = execFileSync('sh', ['-c', command, process.execPath, script, folder.at('root')], {
      encoding: 'utf8',
    })
    expect(JSON.parse(printed)).toEqual({
      'while there are enough': 'opened',
      'without any': 'SourceBusyError',
      'after the idle ones were closed': 'SourceBusyError',
      'a.txt with one left': 'SourceBusyError',
      'b.txt with one left': 'SourceBusyError',
      'c.txt with one left': 'SourceBusyError',
      'open in the end': 0,
      'when there are enough again': 'opened',
    })
  })

  it('does what its example says', async () => {
    const folder = testFolder()
    folder.put('film.mp4', 'film')
    const handler = createHandler(fileSource(folder.path))
    expect(await (await handler(new Request('http://localhost/film.mp4'))).text()).toBe('film')
  })
})
