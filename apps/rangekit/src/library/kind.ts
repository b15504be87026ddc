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

/** What a page shows a file of a media type as. */
export function kindOf(contentType: string): Exclude<EntryKind, 'folder'> {
  const [type = ''] = contentType.split(';', 1)
  const [top] = type.split('/', 1)
  if (top === 'video' || top === 'audio' || top === 'image') return top
  return top === 'text' || DOCUMENTS.has(type) ? 'document' : 'other'
}
