import fc from 'fast-check'
import { expect, it } from 'vitest'
import { downloadName } from './file-name.ts'

it.each([
  ['https://media.example/films/film%201.mp4?token=x#t=3', undefined, 'film 1.mp4'],
  ['https://media.example/', undefined, 'download'],
  ['https://media.example/..%2f..%2fetc%2fpasswd', undefined, 'passwd'],
  ['https://media.example/%ff.bin', undefined, '%ff.bin'],
  ['https://media.example/C%3A%5Cwindows%5Cx.dll', undefined, 'x.dll'],
  ['https://media.example/C%3Ax.dll', undefined, 'C_x.dll'],
  ['https://media.example/a', 'attachment', 'a'],
  ['https://media.example/a', 'attachment; filename=film.mp4', 'film.mp4'],
  ['https://media.example/a', 'attachment; filename="a \\"film\\".mp4"', 'a _film_.mp4'],
  ['https://media.example/a', 'inline; FileName = "one; two.mp4"; x=y', 'one; two.mp4'],
  ['https://media.example/a', `attachment; filename="x.mp4"; filename*=UTF-8''Espa%C3%B1a.mp4`, 'España.mp4'],
  ['https://media.example/a', `attachment; filename*=utf-8''%e2%82%ac.mp4; filename=x.mp4`, '€.mp4'],
  ['https://media.example/a', `attachment; filename*=ISO-8859-1'es'Espa%F1a.mp4`, 'España.mp4'],
  ['https://media.example/a', `attachment; filename*=utf-8''%e2%28.mp4; filename=x.mp4`, 'x.mp4'],
  ['https://media.example/a', `attachment; filename*=koi8-r''%c6.mp4; filename=x.mp4`, 'x.mp4'],
  ['https://media.example/a', 'attachment; title="; filename=evil.exe"; filename=film.mp4', 'film.mp4'],
  ['https://media.example/a', 'attachment; filename=one two.mp4', 'one two.mp4'],
  ['https://media.example/a', 'attachment; filename="unfinished', 'a'],
  ['https://media.example/a', 'attachment; filename', 'a'],
  ['https://media.example/a', 'filename=film.mp4', 'a'],
  ['https://media.example/a', '; ;=;\0="', 'a'],
  ['https://media.example/a', 'attachment; filename="../../../.ssh/authorized_keys"', 'authorized_keys'],
  ['https://media.example/a', 'attachment; filename=".bashrc"', 'bashrc'],
  ['https://media.example/a', 'attachment; filename=".."', 'a'],
  ['https://media.example/NUL', undefined, '_NUL'],
  ['https://media.example/a', 'attachment; filename="com1.txt"', '_com1.txt'],
  ['https://media.example/console.log', undefined, 'console.log'],
  ['https://media.example/a', 'attachment; filename="tidy\u202egpj.exe\u0007"', 'tidy_gpj.exe_'],
])('keeps %s with %j as %s', (url, disposition, name) => {
  expect(downloadName(url, disposition)).toBe(name)
})

it('never names a path or a hidden file, and no name is too long', () => {
  const text = fc
    .array(fc.constantFrom(...'./\\"\'%2fe: é\0\n\u202e𝄞;=*'), { maxLength: 90 })
    .map((each) => each.join(''))
  const named = fc
    .tuple(text, text)
    .map(([quoted, encoded]) => `attachment; filename="${quoted}"; filename*=utf-8''${encoded}`)
  fc.assert(
    fc.property(fc.oneof(text, named), (disposition) => {
      const name = downloadName('https://media.example/a', disposition)
      expect(name).toMatch(/^(?!\.)[^/\\\0]+$/u)
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200)
    }),
  )
})
