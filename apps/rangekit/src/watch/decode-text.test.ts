import { expect, it } from 'vitest'
import { decodeText } from './decode-text.ts'

it.each([
  ['UTF-8', [0xc3, 0xb1, 0xe2, 0x82, 0xac], undefined, 'ñ€'],
  ['UTF-8 with a mark', [0xef, 0xbb, 0xbf, 0xc3, 0xb1], undefined, 'ñ'],
  ['UTF-16, little-endian', [0xff, 0xfe, 0xf1, 0x00, 0xac, 0x20], undefined, 'ñ€'],
  ['UTF-16, big-endian', [0xfe, 0xff, 0x00, 0xf1, 0x20, 0xac], undefined, 'ñ€'],
  ['Windows-1252', [0xf1, 0x80, 0x93], undefined, 'ñ€“'],
  ['Windows-1252 for Spanish', [0xf1], 'es-419', 'ñ'],
  ['Windows-1251 for Russian', [0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2], 'ru', 'Привет'],
  ['Windows-1250 for Polish', [0xb3, 0xf3, 0x9f], 'pl-PL', 'łóź'],
  ['Shift_JIS for Japanese', [0x93, 0xfa, 0x96, 0x7b], 'ja', '日本'],
  ['GB18030 for Chinese', [0xd6, 0xd0, 0xce, 0xc4], 'zh-CN', '中文'],
  ['UTF-8 whatever the language', [0xc3, 0xb1], 'ru', 'ñ'],
  ['an empty file', [], undefined, ''],
  ['half a character', [0xff, 0xfe, 0xf1], undefined, '\ufffd'],
])('decodes %s', (_, bytes, language, text) => {
  expect(decodeText(new Uint8Array(bytes), language)).toBe(text)
})

it.each(['ar bg bs el et fa he hr ja ko lt ru th tr vi zh xx constructor'.split(' ')].flat())(
  'knows an encoding that this runtime has for %s',
  (language) => {
    expect(decodeText(new Uint8Array([0x61, 0xff]), language)).toMatch(/^a/)
  },
)
