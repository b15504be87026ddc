import { statSync } from 'node:fs'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { expect, it } from 'vitest'
import { makeFolder } from './make-folder.ts'

const folder = sharedFolder(({ put }) => put('file', ''))

it('makes a folder and those it is in, with one mode', () => {
  for (let again = 0; again < 2; again++) makeFolder(folder.at('a/b/c'), 0o700)
  for (const name of ['a', 'a/b', 'a/b/c']) expect(statSync(folder.at(name)).mode & 0o777).toBe(0o700)
})

it.each([
  ['where a file is', 'file', /^EEXIST/],
  ['below a file', 'file/a/b', /^EEXIST/],
  ['below /proc, which has no folders of ours', '/proc/none/a/b', /^E(?:NOENT|ACCES|PERM)/],
])('fails %s, and does not hang', (_, path, message) => {
  expect(() => makeFolder(path.startsWith('/') ? path : folder.at(path))).toThrow(message)
})
