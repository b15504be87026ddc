import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { GrowthReader } from '@rangekit/node-fs-source'
import { readRecord } from '../get/part-record.ts'

/** What `rangekit get` downloads into a folder: the pieces of its `NAME.part` come in any order, and a record names them. */
export function partialDownloads(dir: string): GrowthReader {
  return async (key) => {
    const path = join(dir, `${key}.json`)
    if (!key.endsWith('.part') || !existsSync(path)) return undefined
    const record = await readRecord(path)
    // Of what a damaged record is about, nothing counts as written.
    if (record === undefined) return { frontier: 0 }
    const [[start, end] = [0, 0]] = record.done
    return { completeLength: record.length, frontier: start === 0 ? end : 0 }
  }
}
