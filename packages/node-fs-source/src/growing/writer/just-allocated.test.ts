import { truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { SourceBusyError } from '@rangekit/range-core'
import { LONG_AGO, makeFolder } from '@rangekit/test-kit/folder'
import { expect, it } from 'vitest'
import { fileSource } from '../../file-source.ts'

it('a file that was created just now, and has its length but no bytes, is not taken for complete', async () => {
  using folder = makeFolder()
  const { open } = fileSource(folder.path, { growing: true })
  const create = (name: string, bytes: string) => {
    writeFileSync(folder.at(name), bytes)
    truncateSync(folder.at(name), 100_000)
  }
  create('film.mp4', '')
  await expect(async () => open('film.mp4')).rejects.toThrow(SourceBusyError)

  // Nobody fills it.
  utimesSync(folder.at('film.mp4'), LONG_AGO, LONG_AGO)
  const zeros = await open('film.mp4')
  expect([zeros?.completeLength, zeros?.isComplete]).toEqual([100_000, undefined])
  await zeros?.close()

  writeFileSync(folder.at('hello.txt'), 'hello')
  const hello = await open('hello.txt')
  expect(hello?.completeLength).toBe(5)
  await hello?.close()

  // As aria2 goes on, with nothing that it has fetched.
  create('next.mp4', '')
  await expect(async () => open('next.mp4')).rejects.toThrow(SourceBusyError)
  writeFileSync(folder.at('next.mp4.aria2'), '')
  const next = await open('next.mp4')
  expect([next?.isComplete, next?.frontier]).toEqual([false, 0])
  await next?.close()
})
