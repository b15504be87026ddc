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
    .array(fc.constantFrom(...'./\\"\'%2fe: é\0\n\u202e𝄞'), { maxLength: 90 })
    .map((each) => each.join(''))
  fc.assert(
    fc.property(text, text, (quoted, encoded) => {
      const disposition = `attachment; filename="${quoted}"; filename*=utf-8''${encoded}`
      const name = downloadName('https://media.example/a', disposition)
      expect(name).toMatch(/^(?!\.)[^/\\\0]+$/u)
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200)
    }),
  )
})
