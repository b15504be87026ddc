import { describe, expect, it } from 'vitest'
import { pictureOf } from './picture.ts'

const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'))

describe('a picture', () => {
  it.each([
    ['\xff\xd8\xff\xe0', 'image/jpeg'],
    ['\x89PNG\r\n\x1a\n....', 'image/png'],
    ['RIFF....WEBPVP8 ', 'image/webp'],
    ['GIF89a', 'image/gif'],
  ])('is %j, a %s', (text, contentType) => {
    expect(pictureOf(bytes(text))).toEqual({ bytes: bytes(text), contentType })
  })

  it.each(['', '<svg xmlns="http://www.w3.org/2000/svg">', '<html>', 'RIFF....WAVE', 'BM', '\xff\xd8'])(
    'is not %j',
    (text) => {
      expect(pictureOf(bytes(text))).toBeUndefined()
    },
  )

  it('does not keep the buffer that it was a part of', () => {
    const picture = pictureOf(new Uint8Array(bytes('\xff\xd8\xff........').buffer, 0, 4))
    expect(picture?.bytes.buffer.byteLength).toBe(4)
  })
})
