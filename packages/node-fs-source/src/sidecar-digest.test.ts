import { createHash } from 'node:crypto'
import { symlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { testFolder } from '../test/support/folder.ts'
import { closeFile, openFile } from './open-file.ts'
import { sidecarDigests } from './sidecar-digest.ts'

const HEX = 'd435d0f8a9ca299f8029c5079c7b190b6ef68622550201aa2ec667664f8134f9'.slice(0, 64)
const BASE64 = Buffer.from(HEX, 'hex').toString('base64')
const OTHER = '0'.repeat(64)

/** What is known of `film.mp4` beside a sidecar with this text. */
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
    ['of a binary file', `${HEX} *film.mp4\n`],
    ['without an end of line', `${HEX}  film.mp4`],
    ['with the line ends of Windows', `${HEX}  film.mp4\r\n`],
    ['in capitals', `${HEX.toUpperCase()}  film.mp4\n`],
    ['with a path', `${HEX}  ./films/film.mp4\n`],
    ['of a name with escapes', `\\${HEX}  film.mp4\n`],
    ['among others', `${OTHER}  other.mp4\n${HEX}  film.mp4\n${OTHER}  another.mp4\n`],
    ['behind what is none', `# made today\n\n${HEX}  film.mp4\n`],
  ])('reads a line %s', async (_, text) => {
    expect(await digestsWith(text)).toEqual({ 'sha-256': BASE64 })
  })

  it('knows the digest that sha256sum would have written', async () => {
    const hex = createHash('sha256').update('film').digest('hex')
    const base64 = createHash('sha256').update('film').digest('base64')
    expect(await digestsWith(`${hex}  film.mp4\n`)).toEqual({ 'sha-256': base64 })
  })

  it.each([
    ['is empty', ''],
    ['names another file', `${HEX}  other.mp4\n`],
    ['names a file whose name only ends so', `${HEX}  my-film.mp4\n`],
    ['names nothing', `${HEX}\n`],
    ['has a digest too short', `${HEX.slice(1)}  film.mp4\n`],
    ['has a digest too long', `${HEX}0  film.mp4\n`],
    ['has a digest that is no number', `${HEX.slice(1)}g  film.mp4\n`],
    ['has one space', `${HEX} film.mp4\n`],
    ['has the name first', `film.mp4  ${HEX}\n`],
    ['is longer than a sidecar', `${HEX}  film.mp4\n${'#'.repeat(16_384)}\n`],
    ['is something else', new Uint8Array(1000).fill(0xff)],
  ])('knows nothing where the sidecar %s', async (_, text) => {
    expect(await digestsWith(text)).toBeUndefined()
  })

  it('takes a sidecar of just the greatest length', async () => {
    const line = `${HEX}  film.mp4\n`
    expect(await digestsWith(line + '#'.repeat(16_384 - line.length))).toEqual({ 'sha-256': BASE64 })
    expect(await digestsWith(line + '#'.repeat(16_385 - line.length))).toBeUndefined()
  })

  it('knows nothing where the file was changed after the digest was taken', async () => {
    const text = `${HEX}  film.mp4\n`
    expect(await digestsWith(text, { fileAge: 10, sidecarAge: 30 })).toBeUndefined()
    expect(await digestsWith(text, { fileAge: 30, sidecarAge: 10 })).toEqual({ 'sha-256': BASE64 })
  })

  it('goes by the name in the folder where the file lies', async () => {
    expect(await digestsWith(`${HEX}  film.mp4\n`, { key: 'a/b/film.mp4' })).toEqual({ 'sha-256': BASE64 })
  })

  it('knows nothing without a sidecar, or where it lies outside the folder', async () => {
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
