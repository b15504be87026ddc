import { type AsyncBuffer, parquetReadObjects } from 'hyparquet'
import type { RemoteFile } from '../../src/index.ts'

/** A remote file as hyparquet reads files. */
export function asyncBuffer(file: RemoteFile): AsyncBuffer {
  return { byteLength: file.size, slice: (start, end) => file.slice(start, end).arrayBuffer() }
}

/** Ten rows of two columns: only their pages are fetched. */
export function firstRows(file: RemoteFile, columns: string[]) {
  return parquetReadObjects({ file: asyncBuffer(file), columns, rowStart: 0, rowEnd: 10 })
}
