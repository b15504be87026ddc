import { createHash } from 'node:crypto'
import { symlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { testFolder } from '../../test/support/folder.ts'
import { closeFile } from '../read/close-file.ts'
import { openFile } from './open-file.ts'
import { sidecarDigests } from './sidecar-digest.ts'

const HEX = 'd435d0f8a9ca299f8029c5079c7b190b6ef68622550201aa2ec667664f8134f9'.slice(0, 64)
const BASE64 = Buffer.from(HEX, 'hex').toString('base64')
const OTHER = '0'.repeat(64)

/** The digests of `film.mp4` next to a sidecar with this text. */
async function digestsWith(
  sidecar: string | Uint8Array,
  { key = 'film.mp4', fileAge = 60, sidecarAge = 30 } = {},
) {
  const folder = testFolder()
  folder.put(key, 'film')
  folder.age(key, fileAge)
  folder.put(`${key}.sha256`, sidecar)
  folder.age(`${key}.sha256`, sidecarAge)
  const file = await openFile(folder.path, key)
  if (file === undefined) throw new Error('The film was not found')
  const digests = await sidecarDigests(folder.path, key, file)
  await closeFile(file)
  expect(folder.openDescriptors()).toBe(0)
  return digests
}

describe('sidecarDigests', () => {
  it.each([
    ['as sha256sum writes it', `${HEX}  film.mp4\n`],
    ['for a binary file', `${HEX} *film.mp4\n`],
    ['without a line ending', `${HEX}  film.mp4`],
    ['with a Windows line ending', `${HEX}  film.mp4\r\n`],
    ['in upper case', `${HEX.toUpperCase()}  film.mp4\n`],
    ['with a path', `${HEX}  ./films/film.mp4\n`],
    ['for a name with escapes', `\\${HEX}  film.mp4\n`],
    ['among others', `${OTHER}  other.mp4\n${HEX}  film.mp4\n${OTHER}  another.mp4\n`],
    ['after other text', `# made today\n\n${HEX}  film.mp4\n`],
  ])('reads a line %s', async (_, text) => {
    expect(await digestsWith(text)).toEqual({ 'sha-256': BASE64 })
  })

  it('reads the digest that sha256sum would have written', async () => {
    const hex = createHash('sha256').update('film').digest('hex')
    const base64 = createHash('sha256').update('film').digest('base64')
    expect(await digestsWith(`${hex}  film.mp4\n`)).toEqual({ 'sha-256': base64 })
  })

  it.each([
    ['is empty', ''],
    ['names another file', `${HEX}  other.mp4\n`],
    ['names a file whose name only ends the same', `${HEX}  my-film.mp4\n`],
    ['names nothing', `${HEX}\n`],
    ['has a digest that is too short', `${HEX.slice(1)}  film.mp4\n`],
    ['has a digest that is too long', `${HEX}0  film.mp4\n`],
    ['has a digest that is not hexadecimal', `${HEX.slice(1)}g  film.mp4\n`],
    ['has one space', `${HEX} film.mp4\n`],
    ['has the name first', `film.mp4  ${HEX}\n`],
    ['is longer than a sidecar may be', `${HEX}  film.mp4\n${'#'.repeat(16_384)}\n`],
    ['is something else', new Uint8Array(1000).fill(0xff)],
  ])('finds no digest if the sidecar %s', async (_, text) => {
    expect(await digestsWith(text)).toBeUndefined()
  })

  it('accepts a sidecar of exactly the maximum length', async () => {
    const line = `${HEX}  film.mp4\n`
    expect(await digestsWith(line + '#'.repeat(16_384 - line.length))).toEqual({ 'sha-256': BASE64 })
    expect(await digestsWith(line + '#'.repeat(16_385 - line.length))).toBeUndefined()
  })

  it('finds no digest if the file was changed after the digest was made', async () => {
    const text = `${HEX}  film.mp4\n`
    expect(await digestsWith(text, { fileAge: 10, sidecarAge: 30 })).toBeUndefined()
    expect(await digestsWith(text, { fileAge: 30, sidecarAge: 10 })).toEqual({ 'sha-256': BASE64 })
  })

  it('compares the name of the file without its folders', async () => {
    expect(await digestsWith(`${HEX}  film.mp4\n`, { key: 'a/b/film.mp4' })).toEqual({ 'sha-256': BASE64 })
  })

  it('finds no digest without a sidecar, or if the sidecar is outside the folder', async () => {
    const [folder, outside] = [testFolder(), testFolder()]
    folder.put('film.mp4', 'film')
    folder.age('film.mp4', 60)
    outside.put('film.mp4.sha256', `${HEX}  film.mp4\n`)
    const file = await openFile(folder.path, 'film.mp4')
    if (file === undefined) throw new Error('The film was not found')
    expect(await sidecarDigests(folder.path, 'film.mp4', file)).toBeUndefined()
    symlinkSync(outside.at('film.mp4.sha256'), folder.at('film.mp4.sha256'))
    expect(await sidecarDigests(folder.path, 'film.mp4', file)).toBeUndefined()
    await closeFile(file)
  })
})
