import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { rangeSourceChecks, type SourceWriter } from '@rangekit/range-handler/testing'
import { afterAll, describe, it } from 'vitest'
import { type Folder, makeReplacingFolder } from '../../test/support/folder.ts'
import { fileSource } from '../file-source.ts'
import { growingFile } from './growing-target.ts'

/** A downloader that writes to `NAME.part`, whose final length is in `NAME.part.length`, and that ends by giving up. */
function download(path: string, completeLength: number | undefined): SourceWriter {
  const part = `${path}.part`
  if (completeLength !== undefined) writeFileSync(`${part}.length`, `${completeLength}`)
  writeFileSync(part, '')
  return {
    write: (bytes) => appendFileSync(part, bytes),
    finish: () => renameSync(part, path),
    fail: () => rmSync(part),
  }
}

async function writeHere(path: string, completeLength: number | undefined): Promise<SourceWriter> {
  const writer = (await growingFile(path, { completeLength })).writable.getWriter()
  return {
    write: (bytes) => writer.write(bytes),
    finish: () => writer.close(),
    // A reader of the folder learns of it when the file is gone: another process might write on.
    async fail() {
      await writer.abort()
      rmSync(`${path}.part`)
    },
  }
}

const WRITERS: readonly [
  string,
  (path: string, length: number | undefined) => Promise<SourceWriter> | SourceWriter,
][] = [
  ['another process downloads', download],
  ['is written in this process', writeHere],
]

describe.each(WRITERS)('a source of files keeps the contract for what %s: it', (_, write) => {
  const folder: Folder = makeReplacingFolder()
  afterAll(() => folder.remove())
  const checks = rangeSourceChecks({
    source: fileSource(folder.path, { growing: true, maxOpenFiles: 0 }),
    put: (key, bytes) => void folder.put(key, bytes),
    remove: (key) => rmSync(folder.at(key)),
    opened: () => folder.openDescriptors(),
    grow(key, completeLength) {
      mkdirSync(dirname(folder.at(key)), { recursive: true })
      return write(folder.at(key), completeLength)
    },
  })
  // The others hold for all sources of files, see file-source.test.ts.
  for (const { name, run } of checks) if (name.includes('if it grows')) it(name, { timeout: 20_000 }, run)
})
