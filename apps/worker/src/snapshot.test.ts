import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type SnapshotOptions, takeSnapshot } from './snapshot.ts'

let folder: TestFolder
let file: string
let copy: string
beforeEach(() => {
  folder = makeFolder()
  file = folder.at('file')
  copy = folder.at('copy')
})
afterEach(() => {
  vi.unstubAllEnvs()
  folder.remove()
})

const take = (options: Partial<SnapshotOptions> = {}) =>
  takeSnapshot(Buffer.from(file), { isKnown: () => false, copyFrom: 1000, copy, ...options })

describe.each([
  ['small', 10],
  ['large', 5000],
])('a %s file', (_, length) => {
  const bytesOf = (bytes: Buffer | undefined) => bytes ?? readFileSync(copy)

  it('is read or copied completely', async () => {
    writeFileSync(file, 'x'.repeat(length))
    const snapshot = await take()
    expect(snapshot?.size).toBe(length)
    expect(bytesOf(snapshot?.bytes).toString()).toBe('x'.repeat(length))
  })

  it('is read again if it changes while it is read', async () => {
    writeFileSync(file, 'x'.repeat(length))
    let looks = 0
    const isKnown = () => {
      if (looks++ === 0) appendFileSync(file, 'y')
      return false
    }
    const snapshot = await take({ isKnown })
    expect(looks).toBe(2)
    expect(bytesOf(snapshot?.bytes).toString()).toBe(`${'x'.repeat(length)}y`)
  })

  it.each([
    ['grows', () => appendFileSync(file, 'y')],
    ['shrinks', () => truncateSync(file, statSync(file).size - 1)],
  ])('is refused if it %s whenever it is read', async (_, change) => {
    writeFileSync(file, 'x'.repeat(length))
    const isKnown = () => {
      change()
      return false
    }
    await expect(take({ isKnown })).rejects.toThrow('it keeps changing')
  })

  it('is not read if its version is known', async () => {
    writeFileSync(file, 'x'.repeat(length))
    const versions: string[] = []
    await take({ isKnown: (version) => versions.push(version) === 0 })
    expect(await take({ isKnown: (version) => versions.includes(version) })).toBeUndefined()
    appendFileSync(file, 'y')
    expect(await take({ isKnown: (version) => versions.includes(version) })).toBeDefined()
  })
})

it('refuses a file that no longer exists', async () => {
  await expect(take()).rejects.toMatchObject({ code: 'ENOENT' })
})

it('does not wait for a pipe', async () => {
  execFileSync('mkfifo', [file])
  await expect(take()).rejects.toThrow('it is no longer a file')
})

it('copies holes as holes', async () => {
  writeFileSync(file, 'first')
  truncateSync(file, 1024 ** 3)
  appendFileSync(file, 'last')
  expect((await take())?.size).toBe(1024 ** 3 + 4)
  expect(statSync(copy)).toMatchObject({ size: 1024 ** 3 + 4 })
  expect(statSync(copy).blocks * 512).toBeLessThan(1024 ** 2)
})

it('copies without GNU cp, too', async () => {
  vi.stubEnv('PATH', folder.path)
  writeFileSync(file, 'x'.repeat(5000))
  expect((await take())?.size).toBe(5000)
  expect(readFileSync(copy, 'utf8')).toBe('x'.repeat(5000))
})

it('gives up when the start is cancelled', async () => {
  writeFileSync(file, 'x'.repeat(5000))
  await expect(take({ signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped')
})
