import { basename } from 'node:path'
import type { ReprDigests } from '@rangekit/range-core'
import { closeFile, type OpenFile, openFile } from './open-file.ts'
import { readInto } from './read-into.ts'

/** Sidecars are a line or a few; more than this is something else. */
const MAX_LENGTH = 16_384
const LINE = /^\\?([0-9a-f]{64}) [ *](.+)$/i

/**
 * The digest that stands beside a file in `NAME.sha256`, in the format of `sha256sum`.
 *
 * @returns `undefined` where there is none for this file, or where the file was changed after it was taken.
 */
export async function sidecarDigests(
  root: string,
  key: string,
  file: OpenFile,
): Promise<ReprDigests | undefined> {
  const sidecar = await openFile(root, `${key}.sha256`)
  if (sidecar === undefined) return undefined
  try {
    if (sidecar.stats.size > MAX_LENGTH || sidecar.stats.mtimeNs < file.stats.mtimeNs) return undefined
    const bytes = new Uint8Array(Number(sidecar.stats.size))
    const length = await readInto(sidecar, bytes, 0)
    const hex = findDigest(new TextDecoder().decode(bytes.subarray(0, length)), basename(key))
    return hex === undefined ? undefined : { 'sha-256': Buffer.from(hex, 'hex').toString('base64') }
  } finally {
    await closeFile(sidecar)
  }
}

function findDigest(text: string, name: string): string | undefined {
  for (const line of text.split('\n')) {
    const [, hex, path] = LINE.exec(line.replace(/\r$/, '')) ?? []
    if (hex !== undefined && path !== undefined && basename(path) === name) return hex
  }
  return undefined
}
