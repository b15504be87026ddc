import { Mime } from 'mime'
import otherTypes from 'mime/types/other.js'
import standardTypes from 'mime/types/standard.js'

/** Types that are read by range and that the `mime` table lacks, or lists under an older name. */
const GAPS: Readonly<Record<string, string[]>> = {
  'application/vnd.apache.arrow.file': ['arrow', 'feather'],
  'application/vnd.apache.parquet': ['parquet'],
  'application/vnd.flatgeobuf': ['fgb'],
  'application/vnd.las': ['las'],
  'application/vnd.laszip': ['laz'],
  'application/vnd.pmtiles': ['pmtiles'],
  'application/vnd.sqlite3': ['db', 'mbtiles', 'sqlite', 'sqlite3'],
  'application/x-hdf5': ['h5', 'hdf5'],
  'application/x-ndjson': ['ndjson', 'jsonl'],
  'application/zstd': ['zst'],
  'audio/ac3': ['ac3'],
  'audio/eac3': ['eac3'],
  'audio/flac': ['flac'],
  'text/x-ssa': ['ass', 'ssa'],
  'video/mp4': ['cmfv'],
  'audio/mp4': ['cmfa'],
}

const table = new Mime(standardTypes, otherTypes).define(GAPS, true)

/**
 * The media type for a file name, by its extension in upper or lower case, as a value for Content-Type.
 *
 * Text types get `charset=utf-8`, because browsers guess without it. WebVTT does not: it is UTF-8 by definition.
 *
 * @returns `application/octet-stream` for an unknown extension, or none.
 * @example
 * mediaType('My_Video__123e4567-e89b-12d3.mp4') // 'video/mp4'
 * mediaType('notes.txt') // 'text/plain; charset=utf-8'
 */
export function mediaType(name: string): string {
  const type = table.getType(name) ?? 'application/octet-stream'
  return type.startsWith('text/') && type !== 'text/vtt' ? `${type}; charset=utf-8` : type
}
