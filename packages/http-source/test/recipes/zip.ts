import { Reader, ZipReader } from '@zip.js/zip.js'
import type { RemoteFile } from '../../src/index.ts'

class RemoteReader extends Reader<RemoteFile> {
  readonly #file: RemoteFile

  constructor(file: RemoteFile) {
    super(file)
    this.#file = file
    this.size = file.size
  }

  override readUint8Array(index: number, length: number): Promise<Uint8Array> {
    return this.#file.slice(index, index + length).bytes()
  }
}

/** A zip archive in a remote file: its directory is fetched, and then the entries that are read. */
export function openZip(file: RemoteFile): ZipReader<unknown> {
  return new ZipReader(new RemoteReader(file))
}
