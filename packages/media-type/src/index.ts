import { Mime } from 'mime'
import otherTypes from 'mime/types/other.js'
import standardTypes from 'mime/types/standard.js'

/** What the table does not have (or has under an older name) and people read by range. */
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
 * The media type of a file name, by its extension in any case, ready for Content-Type.
 *
 * Text is declared to be UTF-8, without which browsers guess; WebVTT is UTF-8 by definition.
 *
 * @returns `application/octet-stream` where the extension says nothing.
 * @example
 * mediaType('My_Video__123e4567-e89b-12d3.mp4') // 'video/mp4'
 * mediaType('notes.txt') // 'text/plain; charset=utf-8'
 */
export function mediaType(name: string): string {
  const type = table.getType(name) ?? 'application/octet-stream'
  return type.startsWith('text/') && type !== 'text/vtt' ? `${type}; charset=utf-8` : type
}
