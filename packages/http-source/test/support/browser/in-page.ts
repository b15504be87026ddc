// What the tests of browsers load into their page; bundled, since a browser resolves no package names.
import { OriginError } from '../../../src/index.ts'

export { cachedSource } from '@rangekit/block-cache'
export { createHandler } from '@rangekit/range-handler'
export { httpSource, openRemote } from '../../../src/index.ts'

/** A digest in hexadecimal, which crosses the border of a page more easily than bytes. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** How something ends that is expected to fail. */
export async function faultOf(work: Promise<unknown>): Promise<{ fault: string; message: string }> {
  try {
    await work
  } catch (error) {
    if (error instanceof OriginError) return { fault: error.fault, message: error.message }
    return { fault: 'other', message: String(error) }
  }
  return { fault: 'none', message: '' }
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
