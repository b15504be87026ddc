import { basename } from 'node:path'
import type { ReprDigests } from '@rangekit/range-core'
import { closeFile } from '../read/close-file.ts'
import { readInto } from '../read/read-into.ts'
import { type OpenFile, openFile } from './open-file.ts'

/** A sidecar has a few lines; a file of more bytes is something else. */
const MAX_BYTES = 16_384
const LINE = /^\\?([0-9a-f]{64}) [ *](.+)$/i

/**
 * Reads the SHA-256 of a file `NAME` from `NAME.sha256` in the same folder, in the format of `sha256sum`.
 *
 * @returns `undefined` where there is no digest for this file, or where the file was changed after the digest was made.
 */
export async function sidecarDigests(
  root: string,
  key: string,
  file: OpenFile,
): Promise<ReprDigests | undefined> {
  const sidecar = await openFile(root, `${key}.sha256`)
  if (sidecar === undefined) return undefined
  try {
    if (sidecar.stats.size > MAX_BYTES || sidecar.stats.mtimeNs < file.stats.mtimeNs) return undefined
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
