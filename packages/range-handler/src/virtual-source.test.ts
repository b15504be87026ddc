import type { ByteRange, RangeSource } from '@rangekit/range-core'
import { expect, it } from 'vitest'
import { createHandler } from './handler.ts'

const LENGTH = Number.MAX_SAFE_INTEGER

/** The byte at a position of a representation that no disk could hold. */
const byteAt = (position: number) => Number((BigInt(position) * 2_654_435_761n) % 251n)

function bytesOf({ firstPos, lastPos }: ByteRange): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: lastPos - firstPos + 1 }, (_, index) => byteAt(firstPos + index))
}

const source: RangeSource = {
  async open() {
    return { completeLength: LENGTH, contentType: 'x/y', read: bytesOf, close() {} }
  },
}
const ask = (range: string) =>
  createHandler(source)(new Request('http://localhost/huge', { headers: { Range: range } }))

it.each([
  [`bytes=0-9`, 0, 9],
  [`bytes=-10`, LENGTH - 10, LENGTH - 1],
  [`bytes=${LENGTH - 1}-`, LENGTH - 1, LENGTH - 1],
  [`bytes=${LENGTH - 5}-${LENGTH + 100}`, LENGTH - 5, LENGTH - 1],
  [`bytes=${LENGTH - 5}-99999999999999999999999999`, LENGTH - 5, LENGTH - 1],
  [`bytes=${2 ** 32 - 5}-${2 ** 32 + 5}`, 2 ** 32 - 5, 2 ** 32 + 5],
  [`bytes=${2 ** 52 - 5}-${2 ** 52 + 5}`, 2 ** 52 - 5, 2 ** 52 + 5],
])('serves the exact bytes of %s of 2^53 - 1 bytes', async (field, firstPos, lastPos) => {
  const response = await ask(field)
  expect(response.status).toBe(206)
  expect(response.headers.get('content-range')).toBe(`bytes ${firstPos}-${lastPos}/${LENGTH}`)
  expect(response.headers.get('content-length')).toBe(String(lastPos - firstPos + 1))
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytesOf({ firstPos, lastPos }))
})

it('serves both ends at once', async () => {
  const response = await ask(`bytes=0-1,-2,${2 ** 52}-${2 ** 52 + 1}`)
  const boundary = /boundary=(.+)$/.exec(response.headers.get('content-type') ?? '')?.[1]
  const body = new Uint8Array(await response.arrayBuffer())
  expect(response.headers.get('content-length')).toBe(String(body.byteLength))
  const latin1 = (bytes: Uint8Array) => String.fromCharCode(...bytes)
  const part = (firstPos: number, lastPos: number) =>
    `--${boundary}\r\nContent-Type: x/y\r\nContent-Range: bytes ${firstPos}-${lastPos}/${LENGTH}\r\n\r\n${latin1(bytesOf({ firstPos, lastPos }))}\r\n`
  expect(latin1(body)).toBe(
    `${part(0, 1)}${part(LENGTH - 2, LENGTH - 1)}${part(2 ** 52, 2 ** 52 + 1)}--${boundary}--\r\n`,
  )
})

it.each([`bytes=${LENGTH}-`, 'bytes=9007199254740992-', 'bytes=99999999999999999999-'])(
  'answers 416 to %s',
  async (field) => {
    const response = await ask(field)
    expect(response.status).toBe(416)
    expect(response.headers.get('content-range')).toBe(`bytes */${LENGTH}`)
  },
)
