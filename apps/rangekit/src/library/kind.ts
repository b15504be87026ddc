import type { EntryKind } from './protocol.ts'

/** Types that pages show as documents, apart from those that begin with `text/`. */
const DOCUMENTS = new Set([
  'application/epub+zip',
  'application/json',
  'application/msword',
  'application/pdf',
  'application/rtf',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
])

const HLS = 'application/vnd.apple.mpegurl'
const DASH = 'application/dash+xml'

/** What a page shows a file of a media type as. Browsers play HLS as they play a video, but not DASH. */
export function kindOf(contentType: string): Exclude<EntryKind, 'folder'> {
  const [type = ''] = contentType.split(';', 1)
  if (type === HLS) return 'video'
  const [top] = type.split('/', 1)
  if (top === 'video' || top === 'audio' || top === 'image') return top
  return top === 'text' || DOCUMENTS.has(type) ? 'document' : 'other'
}

/** Whether a file of a media type is a playlist of a stream: players read the files of its folder along with it. */
export function isPlaylist(contentType: string): boolean {
  return contentType === HLS || contentType === DASH
}
