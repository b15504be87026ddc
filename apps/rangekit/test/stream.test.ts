import { execFileSync } from 'node:child_process'
import { mkdirSync, statSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { LONG_AGO } from '@rangekit/test-kit/folder'
import { exchange, field } from '@rangekit/test-kit/raw'
import { medianTime } from '@rangekit/test-kit/times'
import { words } from '@rangekit/test-kit/words'
import { describe, expect, it } from 'vitest'
import { NOT_FOUND, startServer } from './support/server.ts'

const LENGTH = 200_000
const bytes = positionBytes(LENGTH)
const VIDEO = 'My_Video__123e4567-e89b-12d3.mp4'
const VIDEO_LENGTH = 52_428_800
const video = positionBytes(VIDEO_LENGTH)

const folder = sharedFolder(({ put }) => {
  put('film.mp4', bytes)
  put('empty.txt', '')
  put('a/b.c/film.mkv', bytes)
  put(VIDEO, video)
})
const outside = sharedFolder()
const server = sharedServer(() => startServer(folder.path))

function get(path: string, fields: readonly string[] = [], method = 'GET') {
  return exchange(server.port, `${method} /api/stream/${path}`, fields)
}

function etagOf(name: string): string {
  const { mtimeNs, size } = statSync(folder.at(name), { bigint: true })
  return `"${mtimeNs.toString(36)}-${size.toString(36)}"`
}

describe('the whole file', () => {
  it('is a 200 with its length, type, validators and Accept-Ranges', async () => {
    const response = await get('film.mp4')
    expect(response).toMatchObject({ status: 200, framing: 'content-length', complete: true })
    expect(response.extraBytes.byteLength).toBe(0)
    expect(sameBytes(response.body, bytes)).toBe(true)
    expect(fieldsOf(response)).toMatchObject({
      'content-length': String(LENGTH),
      'content-type': 'video/mp4',
      'accept-ranges': 'bytes',
      etag: etagOf('film.mp4'),
      'last-modified': LONG_AGO.toUTCString(),
      'x-content-type-options': 'nosniff',
    })
  })

  it('has each field once, and none that identifies the server', async () => {
    const names = (await get('film.mp4')).headers.map(({ name }) => name.toLowerCase())
    expect(names).toEqual([...new Set(names)])
    for (const name of ['server', 'x-powered-by', 'content-range', 'transfer-encoding']) {
      expect(names).not.toContain(name)
    }
  })

  it('has the same ETag as a copy with the same time and another inode', async () => {
    folder.put('copy/film.mp4', bytes)
    expect(field(await get('copy/film.mp4'), 'etag')).toBe(field(await get('film.mp4'), 'etag'))
  })

  it('is a 200 when it is empty, also for a range', async () => {
    for (const range of [[], ['Range: bytes=0-'], ['Range: bytes=-1'], ['Range: bytes=0-0']]) {
      const response = await get('empty.txt', range)
      expect(response).toMatchObject({ status: 200, complete: true, framing: 'content-length' })
      expect(response.body.byteLength).toBe(0)
    }
  })

  it('may be in a sub-folder', async () => {
    const response = await get('a/b.c/film.mkv')
    expect(field(response, 'content-type')).toBe('video/x-matroska')
    expect(sameBytes(response.body, bytes)).toBe(true)
  })
})

describe('one range', () => {
  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-1', 0, 1],
    ['bytes=0-', 0, LENGTH - 1],
    ['bytes=100-199', 100, 199],
    ['bytes=65535-65537', 65_535, 65_537],
    ['bytes=199999-', 199_999, 199_999],
    ['bytes=-1', 199_999, 199_999],
    ['bytes=-70000', 130_000, 199_999],
    ['bytes=-200000', 0, 199_999],
    // Ends are clamped.
    ['bytes=199990-200000', 199_990, 199_999],
    ['bytes=0-99999999999999999999', 0, 199_999],
    ['bytes=-200001', 0, 199_999],
    ['bytes=-99999999999999999999', 0, 199_999],
    // The unit is case-insensitive, and a list may have empty elements.
    ['BYTES=5-9', 5, 9],
    ['bytes=,5-9 , ,', 5, 9],
  ])('%s is a 206 with its bytes', async (range, firstPos, lastPos) => {
    const response = await get('film.mp4', [`Range: ${range}`])
    expect(response).toMatchObject({ status: 206, framing: 'content-length', complete: true })
    expect(fieldsOf(response)).toMatchObject({
      'content-range': `bytes ${firstPos}-${lastPos}/${LENGTH}`,
      'content-length': String(lastPos - firstPos + 1),
      'content-type': 'video/mp4',
      'accept-ranges': 'bytes',
      etag: etagOf('film.mp4'),
      'x-content-type-options': 'nosniff',
    })
    expect(sameBytes(response.body, bytes.subarray(firstPos, lastPos + 1))).toBe(true)
  })

  it.each(['bytes=200000-', 'bytes=200000-200001', 'bytes=-0', 'bytes=99999999999999999999-'])(
    '%s is a 416 with the length',
    async (range) => {
      const response = await get('film.mp4', [`Range: ${range}`])
      expect(response).toMatchObject({ status: 416, framing: 'content-length', complete: true })
      expect(field(response, 'content-range')).toBe(`bytes */${LENGTH}`)
      expect(response.body.byteLength).toBe(0)
    },
  )

  it.each([
    ...words(
      'bytes= bytes bytes=- bytes=a-b bytes=5-4 bytes=0x0-0x9 bytes=1.5-2 bytes=+1-2 bytes=1-2-3 =0-9',
    ),
    ...words('bytes=0-9; bytes=0-9,x bytes=5-4,0-1 bytes==0-1 items=0-9 none=0-9 seconds=1-2'),
    'bytes 0-9',
    'bytes =0-1',
    '',
  ])('%j is ignored', async (range) => {
    const response = await get('film.mp4', [`Range: ${range}`])
    expect(response).toMatchObject({ status: 200, complete: true })
    expect(field(response, 'content-range')).toBeUndefined()
    expect(response.body.byteLength).toBe(LENGTH)
  })

  it.each([
    ['bytes=0-1048575', 0, 1_048_575],
    ['bytes=10485760-', 10_485_760, VIDEO_LENGTH - 1],
    ['bytes=26214400-27262975', 26_214_400, 27_262_975],
  ])('%s of a film of 52,428,800 bytes comes byte for byte', async (range, firstPos, lastPos) => {
    const response = await get(VIDEO, [`Range: ${range}`])
    expect(response).toMatchObject({ status: 206, framing: 'content-length', complete: true })
    expect(field(response, 'content-range')).toBe(`bytes ${firstPos}-${lastPos}/52428800`)
    expect(field(response, 'content-length')).toBe(String(lastPos - firstPos + 1))
    expect(sameBytes(response.body, video.subarray(firstPos, lastPos + 1))).toBe(true)
  })

  it('may be requested 1,000 times on one connection', async () => {
    for (let firstPos = 0; firstPos < 1000; firstPos++) {
      const headers = { Range: `bytes=${firstPos}-${firstPos + 3}` }
      const response = await fetch(`${server.origin}/api/stream/film.mp4`, { headers })
      const body = new Uint8Array(await response.arrayBuffer())
      if (!sameBytes(body, bytes.subarray(firstPos, firstPos + 4))) expect.fail(`wrong at ${firstPos}`)
    }
  })
})

describe('methods', () => {
  it('HEAD has the fields of GET, without a body', async () => {
    const [head, whole] = await Promise.all([get('film.mp4', [], 'HEAD'), get('film.mp4')])
    const { date: _date, ...fields } = fieldsOf(head)
    expect(head.status).toBe(200)
    expect(fieldsOf(whole)).toMatchObject(fields)
    expect(fields['content-length']).toBe(String(LENGTH))
    expect(head.extraBytes.byteLength).toBe(0)
  })

  it('HEAD ignores Range, also an unsatisfiable one', async () => {
    for (const range of ['bytes=0-9', 'bytes=999999-', 'bytes=0-1,5-6']) {
      const response = await get('film.mp4', [`Range: ${range}`], 'HEAD')
      expect(response.status).toBe(200)
      expect(field(response, 'content-range')).toBeUndefined()
      expect(field(response, 'content-length')).toBe(String(LENGTH))
    }
  })

  it('HEAD of a missing file has the fields of the 404, without a body', async () => {
    const response = await get('none.mp4', [], 'HEAD')
    expect(response.status).toBe(404)
    expect(field(response, 'content-length')).toBe(String(NOT_FOUND.length))
    expect(response.extraBytes.byteLength).toBe(0)
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'TRACE'])(
    '%s is a 405 with Allow',
    async (method) => {
      const response = await get('film.mp4', ['Content-Length: 0'], method)
      expect(response.status).toBe(405)
      expect(field(response, 'allow')).toBe('GET, HEAD, OPTIONS')
    },
  )

  it('OPTIONS lists the methods in Allow', async () => {
    const response = await get('film.mp4', [], 'OPTIONS')
    expect(response.status).toBe(204)
    expect(field(response, 'allow')).toBe('GET, HEAD, OPTIONS')
    expect(response.extraBytes.byteLength).toBe(0)
  })
})

describe('what is not served', () => {
  /** Expects a 404 that, like other requests meanwhile, takes less than 100 ms. */
  async function expectNotFound(path: string): Promise<void> {
    const both = () => Promise.all([get(path), get('film.mp4', ['Range: bytes=0-3'])])
    const [response, other] = await both()
    expect({ status: response.status, body: response.body.toString() }).toEqual({
      status: 404,
      body: NOT_FOUND,
    })
    expect(fieldsOf(response)).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(NOT_FOUND.length),
      'x-content-type-options': 'nosniff',
    })
    expect(other.status).toBe(206)
    expect(await medianTime(both)).toBeLessThan(100)
  }

  it('a missing file', () => expectNotFound('none.mp4'))
  it('a file in a missing folder', () => expectNotFound('none/film.mp4'))
  it('a file below a file', () => expectNotFound('film.mp4/film.mp4'))
  it('a folder', () => expectNotFound('a'))
  it('a folder with a trailing slash', () => expectNotFound('a/'))
  it('the root', () => expectNotFound(''))

  it('a dotfile, or a file in a hidden folder', async () => {
    folder.put('.env', 'secret')
    folder.put('.git/config', 'secret')
    folder.put('a/.hidden.mp4', 'secret')
    for (const path of ['.env', '.git/config', 'a/.hidden.mp4']) await expectNotFound(path)
  })

  it('a FIFO, repeatedly and 20 times at once', async () => {
    execFileSync('mkfifo', [folder.at('pipe.mp4')])
    for (let round = 0; round < 10; round++) await expectNotFound('pipe.mp4')
    await Promise.all(Array.from({ length: 20 }, () => get('pipe.mp4')))
    expect((await get('film.mp4')).status).toBe(200)
  })

  it('a socket', async () => {
    const listener = createServer()
    await new Promise<void>((resolve) => listener.listen(folder.at('socket.mp4'), resolve))
    await expectNotFound('socket.mp4')
    listener.close()
  })

  it('a device', async () => {
    symlinkSync('/dev/zero', folder.at('zero.mp4'))
    await expectNotFound('zero.mp4')
    // A device node in the folder itself: only root may make one.
    if (process.getuid?.() !== 0) return
    execFileSync('mknod', [folder.at('null.mp4'), 'c', '1', '3'])
    await expectNotFound('null.mp4')
  })

  it('a link to a file or a folder outside, or to a dotfile', async () => {
    outside.put('secret.mp4', 'secret')
    folder.put('.secret.mp4', 'secret')
    symlinkSync(outside.at('secret.mp4'), folder.at('out.mp4'))
    symlinkSync(outside.path, folder.at('out'))
    symlinkSync('.secret.mp4', folder.at('in.mp4'))
    symlinkSync('loop.mp4', folder.at('loop.mp4'))
    for (const path of ['out.mp4', 'out/secret.mp4', 'in.mp4', 'loop.mp4']) await expectNotFound(path)
  })

  it('a link into a folder whose name begins like that of the root', async () => {
    const sibling = `${folder.path}-sibling`
    mkdirSync(sibling)
    try {
      execFileSync('cp', [folder.at('film.mp4'), `${sibling}/film.mp4`])
      symlinkSync(`${sibling}/film.mp4`, folder.at('sibling.mp4'))
      await expectNotFound('sibling.mp4')
    } finally {
      execFileSync('rm', ['-r', sibling])
    }
  })

  it('any path outside the route', async () => {
    for (const path of words('/api /api/stream /api/streams/film.mp4 /film.mp4 /API/stream/film.mp4')) {
      const response = await exchange(server.port, `GET ${path}`)
      expect([response.status, response.body.toString()]).toEqual([404, NOT_FOUND])
    }
  })
})

describe('what is served', () => {
  it('a link within the folder', async () => {
    symlinkSync('film.mp4', folder.at('link.mp4'))
    symlinkSync('a', folder.at('linked'))
    expect((await get('link.mp4')).status).toBe(200)
    expect((await get('linked/b.c/film.mkv')).status).toBe(200)
  })

  it.each([
    'with spaces (1) & more.mp4',
    "it's.mp4",
    'say "cheese".mp4',
    'Größe_ñandú_日本語_😀.mp4',
    'e\u0301 and \u00e9.mp4',
    '100%.mp4',
    'a+b=c;d,e.mp4',
    'question?mark#hash.mp4',
    '<b>bold.html',
    'left\u202eright.mp4',
    '[brackets]{braces}|pipe^caret`tick.mp4',
    'no-extension',
    '~tilde$dollar!bang*.mp4',
    'con.mp4',
  ])('%s', async (name) => {
    folder.put(name, name)
    const response = await get(encodeURIComponent(name))
    expect([response.status, response.body.toString()]).toEqual([200, name])
  })

  it('has Content-Disposition: attachment with ?download, for ranges too', async () => {
    for (const fields of [[], ['Range: bytes=0-1']]) {
      const response = await get('film.mp4?download', fields)
      expect(field(response, 'content-disposition')).toBe('attachment; filename=film.mp4')
    }
    expect(field(await get('film.mp4'), 'content-disposition')).toBeUndefined()
  })

  it('ignores any other query', async () => {
    const response = await get('film.mp4?t=10&x=../../etc/passwd', ['Range: bytes=0-3'])
    expect([response.status, field(response, 'content-disposition')]).toEqual([206, undefined])
  })
})

function fieldsOf(response: Awaited<ReturnType<typeof get>>): Record<string, string> {
  return Object.fromEntries(response.headers.map(({ name, value }) => [name.toLowerCase(), value]))
}
