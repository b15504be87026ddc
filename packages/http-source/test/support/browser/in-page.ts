// What the tests of browsers load into their page; bundled, since a browser resolves no package names.
import { OriginError } from '../../../src/index.ts'

export { cachedSource } from '@rangekit/block-cache'
export { createHandler } from '@rangekit/range-handler'
export { fetchRemote, httpSource, openRemote } from '../../../src/index.ts'

/** A digest in hexadecimal, which crosses the border of a page more easily than bytes. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** What a read comes to. */
interface Outcome {
  /** Of what was read; empty if it failed. */
  readonly digest: string
  /** Empty if it did not fail. */
  readonly fault: string
  readonly message: string
}

/** The digest of what is read, or the error. */
export async function outcomeOf(reading: Promise<Uint8Array<ArrayBuffer>>): Promise<Outcome> {
  try {
    return { digest: await sha256(await reading), fault: '', message: '' }
  } catch (error) {
    if (error instanceof OriginError) return { digest: '', fault: error.fault, message: error.message }
    return { digest: '', fault: 'other', message: String(error) }
  }
}

/** All bytes of a stream. A Response would replace the error with which it ends. */
export async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: BlobPart[] = []
  const reader = stream.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(new Uint8Array(next.value))
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}
