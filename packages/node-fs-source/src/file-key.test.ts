import { describe, expect, it } from 'vitest'
import { isFileKey } from './file-key.ts'

describe('isFileKey', () => {
  it.each([
    'a',
    'a.mp4',
    'a/b/c.mp4',
    'a b',
    'a..b',
    'a.',
    'a/b.',
    '~',
    '-',
    'é/漢.mp4',
    'a\\b',
    'a:b',
    '%2e%2e',
  ])('takes %j', (key) => {
    expect(isFileKey(key, 'linux')).toBe(true)
  })

  it.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    './a',
    '../a',
    'a/..',
    'a/../b',
    'a/.',
    '.a',
    'a/.b',
    '...',
    'a/.../b',
  ])('refuses %j on every platform', (key) => {
    expect(isFileKey(key, 'linux')).toBe(false)
    expect(isFileKey(key, 'win32')).toBe(false)
  })

  it.each(['\0', 'a\0', 'a\0.mp4', 'a/\0/b'])('refuses %j, which has a NUL', (key) => {
    expect(isFileKey(key, 'linux')).toBe(false)
    expect(isFileKey(key, 'win32')).toBe(false)
  })

  it.each([
    ...['a\\b', 'C:a', 'C:\\a', 'a.mp4::$DATA', 'a*', 'a?', 'a"b', '<a', 'a>', 'a|b'],
    ...['a.', 'a ', 'a./b', 'a /b', 'a/b.', 'a.mp4...'],
    ...[
      'con',
      'CON',
      'con.mp4',
      'prn',
      'aux',
      'aux.txt',
      'nul',
      'NUL.tar.gz',
      'com1',
      'COM9.x',
      'lpt1',
      'a/lpt9',
      'a/nul/b',
    ],
  ])('refuses %j on Windows, where it means something else', (key) => {
    expect(isFileKey(key, 'win32')).toBe(false)
    expect(isFileKey(key, 'linux')).toBe(true)
    expect(isFileKey(key, 'darwin')).toBe(true)
  })

  it.each([
    'a.mp4',
    'a b/c',
    'console',
    'nullable.mp4',
    'com',
    'com10',
    'lpt',
    'auxiliary',
    'icon',
    'a.con',
    "a'b",
  ])('takes %j on Windows', (key) => {
    expect(isFileKey(key, 'win32')).toBe(true)
  })

  it('goes by the platform that it runs on unless told another', () => {
    expect(isFileKey('a:b')).toBe(process.platform !== 'win32')
  })
})
