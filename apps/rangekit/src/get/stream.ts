import { open, rename, rm } from 'node:fs/promises'
import type { ReprDigests } from '@rangekit/range-core'
import { type Batch, batches, writeBatch } from './batches.ts'
import { verifierFor } from './digest.ts'
import type { Downloaded, DownloadState } from './get-options.ts'
import { expectAt, isAt } from './own-file.ts'

/** A file that arrives in order. */
export interface Source {
  readonly length: number | undefined
  readonly lastModified?: Date | undefined
  readonly digests: ReprDigests
  readonly chunks: AsyncIterable<Uint8Array>
}

/** Writes a file to a stream, no faster than that takes it. */
export async function stream(
  source: Source,
  state: DownloadState,
  output: NodeJS.WritableStream,
): Promise<Downloaded> {
  return copy(source, state, async ({ chunks }) => {
    for (const chunk of chunks) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      output.write(chunk, (error) => (error ? reject(error) : resolve()))
      await promise
    }
  })
}

/** Writes a file in order, and gives it its name once it is complete. */
export async function streamTo(path: string, source: Source, state: DownloadState): Promise<Downloaded> {
  const part = `${path}.part`
  await rm(`${part}.json`, { force: true })
  await rm(part, { force: true })
  const handle = await open(part, 'wx')
  try {
    const downloaded = await copy(source, state, (batch) => writeBatch(handle, batch, state.bytes))
    if (source.lastModified !== undefined) await handle.utimes(new Date(), source.lastModified)
    await expectAt(handle, part)
    await handle.close()
    await rename(part, path)
    return downloaded
  } catch (error) {
    const isOurs = await isAt(handle, part).catch(() => false)
    await handle.close()
    if (isOurs) await rm(part, { force: true })
    throw error
  }
}

async function copy(
  { length, digests, chunks }: Source,
  state: DownloadState,
  write: (batch: Batch) => Promise<void>,
): Promise<Downloaded> {
  Object.assign(state, { length, bytes: 0, resumedBytes: 0 })
  const verifier = verifierFor(digests)
  for await (const batch of batches(chunks)) {
    for (const chunk of batch.chunks) verifier.update(chunk)
    await write(batch)
    state.bytes += batch.bytes
  }
  verifier.verify()
  return { verified: verifier.algorithm }
}
