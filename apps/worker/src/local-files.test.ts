import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listFiles, printable } from './local-files.ts'

let folder: TestFolder
let dir: string
beforeEach(() => {
  folder = makeFolder()
  dir = folder.path
})
afterEach(() => folder.remove())

/** A path in the folder. Each character of `name` is one byte, `\xe9` too. */
const at = (name: string) => Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(name, 'latin1')])

async function list() {
  const lines: string[] = []
  const files = await listFiles(dir, (line) => lines.push(line))
  return { keys: [...files.keys()].sort(), lines: lines.sort() }
}

describe('listFiles', () => {
  it('lists the files of all folders, without dotfiles and links that lead out', async () => {
    for (const folder of ['a', 'a/b', '.hidden']) mkdirSync(at(folder))
    for (const name of ['top.txt', 'a/b/deep.txt', '.dot', 'a/.dot', '.hidden/c.txt'])
      writeFileSync(at(name), '')
    symlinkSync('a/b/deep.txt', at('inside.txt'))
    symlinkSync('/etc/passwd', at('outside.txt'))
    symlinkSync('nowhere', at('broken.txt'))
    symlinkSync('a', at('folder'))
    expect(await list()).toEqual({ keys: ['a/b/deep.txt', 'inside.txt', 'top.txt'], lines: [] })
  })

  it('leaves out names that are not UTF-8, with one line each, and the files below such a folder', async () => {
    mkdirSync(at('se\xf1as'))
    for (const name of ['caf\xe9.mp4', 'se\xf1as/a.mp4', 'se\xf1as/b.mp4', 'caf\xc3\xa9.mp4']) {
      writeFileSync(at(name), '')
    }
    expect(await list()).toEqual({
      keys: ['café.mp4'],
      lines: ['left out caf\\xe9.mp4: its name is not UTF-8', 'left out se\\xf1as: its name is not UTF-8'],
    })
  })

  it('keeps a name with a real U+FFFD', async () => {
    writeFileSync(join(dir, '\ufffd.mp4'), '')
    expect(await list()).toEqual({ keys: ['\ufffd.mp4'], lines: [] })
  })

  it('leaves out names of more than 1,024 bytes', async () => {
    const folders = Array.from({ length: 4 }, () => 'x'.repeat(250)).join('/')
    mkdirSync(join(dir, folders), { recursive: true })
    // The folders take 1,004 bytes, slash included.
    const names = ['a'.repeat(20), 'b'.repeat(21), 'é'.repeat(10), 'é'.repeat(11)]
    for (const name of names) writeFileSync(join(dir, folders, name), '')
    expect(await list()).toEqual({
      keys: [`${folders}/${'a'.repeat(20)}`, `${folders}/${'é'.repeat(10)}`],
      lines: [
        `left out ${folders}/${'b'.repeat(21)}: its name is longer than 1024 bytes`,
        `left out ${folders}/${'é'.repeat(11)}: its name is longer than 1024 bytes`,
      ],
    })
  })

  // Root can read everything.
  it.skipIf(process.getuid?.() === 0)('leaves out folders that cannot be read', async () => {
    mkdirSync(at('closed'), { mode: 0 })
    writeFileSync(at('a.txt'), '')
    expect(await list()).toEqual({
      keys: ['a.txt'],
      lines: ['left out closed/: the folder cannot be read (EACCES)'],
    })
    chmodSync(at('closed'), 0o700)
  })

  it('fails if the folder itself does not exist', async () => {
    await expect(listFiles(join(dir, 'missing'), () => {})).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

it.each([
  ['film 1.mp4', 'film 1.mp4'],
  ['día/ñ 日本 🎬', 'día/ñ 日本 🎬'],
  ['a\nrangekit: b', 'a\\u{a}rangekit: b'],
  ['\x1b[2J\x9b', '\\u{1b}[2J\\u{9b}'],
  ['a\u202eb\u2028c', 'a\\u{202e}b\\u{2028}c'],
  ['a\\u{a}', 'a\\u{5c}u{a}'],
  [Buffer.from('caf\xe9\n\\', 'latin1'), 'caf\\xe9\\x0a\\x5c'],
  [Buffer.from('café'), 'café'],
])('escapes what is not printable in %j', (name, expected) => {
  expect(printable(name)).toBe(expected)
})
