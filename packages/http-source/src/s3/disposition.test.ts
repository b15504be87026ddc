import { expect, it } from 'vitest'
import { downloadAs } from './disposition.ts'

it.each([
  ['a b.mp4', 'attachment; filename="a b.mp4"'],
  ['a"b\\.mp4', `attachment; filename="a_b_.mp4"; filename*=UTF-8''a%22b%5C.mp4`],
  ['50%20.mp4', `attachment; filename="50_20.mp4"; filename*=UTF-8''50%2520.mp4`],
  ["l'été\r\n.mp4", `attachment; filename="l'_t___.mp4"; filename*=UTF-8''l%27%C3%A9t%C3%A9%0D%0A.mp4`],
])('%j is saved under its name', (name, field) => {
  expect(downloadAs(name)).toBe(field)
})
