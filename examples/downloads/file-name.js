/** What some file system does not allow in a name, and what does not show: line breaks, changes of direction. */
const UNWANTED = /[\p{C}\p{Zl}\p{Zp}/\\:*?"<>|]+/gu
/** Bytes. File systems allow 255, and the task, the extension and `.part.length` follow. */
const MAX_TITLE = 150

/** A file name of the form `title__task-id.ext`, whatever a client or a URL suggests. */
export function nameOf(url, filename, id) {
  const wanted = (filename ?? lastSegment(url))
    .normalize()
    .replace(UNWANTED, ' ')
    .replace(/^[\s.]+/, '')
  const [, title, extension = ''] = /^(.*?)(\.[a-z0-9]{1,10})?$/i.exec(wanted)
  return `${shortened(title).trim() || 'download'}__${id}${extension.toLowerCase()}`
}

function lastSegment({ pathname }) {
  const segment = pathname.split('/').at(-1)
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** As many whole characters as fit. */
function shortened(title) {
  const bytes = new TextEncoder().encode(title).subarray(0, MAX_TITLE)
  return new TextDecoder().decode(bytes, { stream: true })
}
