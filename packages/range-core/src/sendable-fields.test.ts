import { expect, it } from 'vitest'
import { checkSendable } from './sendable-fields.ts'

it.each([
  {},
  { 'Content-Type': 'text/plain; charset="utf-8"', ETag: '"é\xff"' },
  { "!#$%&'*+-.^_`|~09AZaz": '' },
  { 'X-Tab': 'a\tb' },
])('takes the fields %j', (fields) => {
  checkSendable(fields)
})

it.each([
  [{ 'X A': 'a' }, 'Not a field name: "X A"'],
  [{ '': 'a' }, 'Not a field name: ""'],
  [{ Ä: 'a' }, 'Not a field name: "Ä"'],
  [{ 'X-A': 'a\u0001b' }, 'Not a value of X-A: "a\\u0001b"'],
  [{ 'X-A': 'a\r\nX-B: b' }, 'Not a value of X-A: "a\\r\\nX-B: b"'],
  [{ 'X-A': '\u0100' }, 'Not a value of X-A: "Ā"'],
  [{ 'X-A': 'a\u007f' }, 'Not a value of X-A'],
])('refuses the fields %j', (fields, message) => {
  expect(() => checkSendable({ 'X-First': 'a', ...fields })).toThrow(message)
})
