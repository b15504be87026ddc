import { getDocument, PDFDataRangeTransport, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'
import type { RemoteFile } from '../../src/index.ts'

class RemoteTransport extends PDFDataRangeTransport {
  readonly #file: RemoteFile
  readonly #leaving = new AbortController()
  onError: (error: unknown) => void = () => {}

  constructor(file: RemoteFile) {
    super(file.size, null)
    this.#file = file
  }

  override requestDataRange(begin: number, end: number): void {
    this.#file
      .slice(begin, end)
      .bytes({ signal: this.#leaving.signal })
      .then((bytes) => this.onDataRange(begin, bytes), this.onError)
  }

  override abort(): void {
    this.#leaving.abort()
  }
}

/**
 * A PDF in a remote file; the pages that are not looked at are not fetched. pdf.js has no way to say that a range cannot
 * be had and would wait for it, so `failed` is what to race against.
 */
export function openPdf(file: RemoteFile): { document: Promise<PDFDocumentProxy>; failed: Promise<never> } {
  const range = new RemoteTransport(file)
  const task = getDocument({ range, disableAutoFetch: true, disableStream: true })
  const failed = new Promise<never>((_, reject) => {
    range.onError = (error) => {
      reject(error)
      task.destroy()
    }
  })
  return { document: Promise.race([task.promise, failed]), failed }
}
