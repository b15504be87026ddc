import { fetchRemote, OriginError, openRemote, type RemoteFile } from '@rangekit/http-source'
import { destinationOf, expectFree } from './destination.ts'
import { verifierFor } from './digest.ts'
import { fetchPieces } from './fetch-pieces.ts'
import type { Downloaded, DownloadRequest, DownloadState } from './get-options.ts'
import { PartFile } from './part-file.ts'
import { stream, streamTo } from './stream.ts'

/** How often a file may change while it is downloaded. */
const MAX_CHANGES = 3

/**
 * Downloads a file, all of it of one version, and verified; or rejects and leaves what the next one goes on with.
 *
 * @param state is updated while it runs.
 */
export async function download(request: DownloadRequest, state: DownloadState): Promise<Downloaded> {
  for (let changes = 0; ; changes++) {
    try {
      return await attempt(request, state)
    } catch (error) {
      const hasChanged = error instanceof OriginError && error.fault === 'changed'
      if (!hasChanged || request.output === '-' || changes === MAX_CHANGES) throw error
    }
  }
}

async function attempt(request: DownloadRequest, state: DownloadState): Promise<Downloaded> {
  const { url, headers, signal } = request
  try {
    await using file = await openRemote(url, { headers, signal, redirect: 'follow' })
    const begun = request.output === '-' ? toOutput(file, request, state) : toFile(file, request, state)
    return await begun
  } catch (error) {
    // What the standard output has taken cannot be taken back.
    const hasBegun = request.output === '-' && state.bytes > 0
    if (!isWholeOnly(error) || hasBegun) throw error
    return wholly(request, state)
  }
}

/** Whether a file can only be had as a whole, which `NoVersion` says, too. */
function isWholeOnly(error: unknown): boolean {
  const fault = error instanceof OriginError ? error.fault : undefined
  return error instanceof NoVersion || fault === 'no-ranges' || fault === 'no-length'
}

/**
 * Whether a date tells versions apart: a file may change again in the second of its date (9110 §8.8.2.2). A minute leaves
 * room for clocks that differ.
 */
function isSettled(lastModified = Number.NaN): boolean {
  return Date.now() - lastModified > 60_000
}

/** Thrown for a file of which nothing tells one version from another: parts of it may not go together. */
class NoVersion extends Error {}

async function toFile(file: RemoteFile, request: DownloadRequest, state: DownloadState): Promise<Downloaded> {
  const { url, connections, notice, signal } = request
  const path = destinationOf(request.output, url, file.fields['Content-Disposition'])
  state.name = path
  expectFree(path, request.force)
  const etag = file.etag?.startsWith('W/') ? undefined : file.etag
  const lastModified = file.lastModified?.getTime()
  if (etag === undefined && !isSettled(lastModified)) throw new NoVersion()

  const part = await PartFile.open(path, { url, etag, lastModified, length: file.size })
  const { bytes } = part
  Object.assign(state, { length: file.size, bytes, resumedBytes: bytes })
  if (part.beginning === 'changed') notice(`${path} is another file on the server by now; starting anew`)
  else if (bytes > 0) notice(`resuming ${path} at ${Math.floor((bytes / file.size) * 100)}%`)
  try {
    await fetchPieces(file, part, connections, signal, (more) => {
      state.bytes += more
    })
  } catch (error) {
    await (isWholeOnly(error) ? part.discard() : part.suspend())
    throw error
  }
  const verified = await verify(part, file)
  try {
    // It may have come in the meantime.
    expectFree(path, request.force)
    await part.finish()
  } catch (error) {
    await part.suspend().catch(() => {})
    throw error
  }
  return { verified }
}

/** Compares what was written with the digest of the server. What does not match is of no use. */
async function verify(part: PartFile, { digests }: RemoteFile): Promise<string | undefined> {
  const verifier = verifierFor(digests)
  if (verifier.algorithm === undefined) return undefined
  try {
    for await (const bytes of part.read()) verifier.update(bytes)
    verifier.verify()
  } catch (error) {
    await part.discard()
    throw error
  }
  return verifier.algorithm
}

async function toOutput(
  file: RemoteFile,
  { signal }: DownloadRequest,
  state: DownloadState,
): Promise<Downloaded> {
  const { size: length, digests } = file
  return stream({ length, digests, chunks: file.stream({ signal }) }, state, process.stdout)
}

/** Downloads a file from a server that only sends it whole: on one connection, in order, from the start. */
async function wholly(request: DownloadRequest, state: DownloadState): Promise<Downloaded> {
  const { url, headers, signal, notice } = request
  await using file = await fetchRemote(url, { headers, signal, redirect: 'follow' })
  const { size: length, lastModified, digests, body: chunks } = file
  const source = { length, lastModified, digests, chunks }
  if (request.output === '-') return await stream(source, state, process.stdout)
  const path = destinationOf(request.output, url, file.fields['Content-Disposition'])
  state.name = path
  expectFree(path, request.force)
  notice(`${path} only comes as a whole: on one connection, and not resumed`)
  return await streamTo(path, source, state)
}
