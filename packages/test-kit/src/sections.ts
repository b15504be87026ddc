/** A Markdown page in three parts; the markers of the section belong to the outer ones. */
export interface Section {
  readonly before: string
  readonly text: string
  readonly after: string
}

/**
 * Finds what stands between `<!-- name:begin -->` and `<!-- name:end -->`.
 *
 * @param page what to call the page in an error.
 * @throws Error if the page lacks the markers.
 */
export function findSection(whole: string, name: string, page: string): Section {
  const marker = `<!-- ${name}:begin -->`
  const begin = whole.indexOf(marker) + marker.length
  const end = whole.indexOf(`<!-- ${name}:end -->`)
  if (begin < marker.length || end < begin) throw new Error(`${page} has no ${marker} … <!-- ${name}:end -->`)
  return { before: whole.slice(0, begin), text: whole.slice(begin, end), after: whole.slice(end) }
}

/** The page with another text between the markers. */
export function withSection(whole: string, name: string, text: string, page: string): string {
  const { before, after } = findSection(whole, name, page)
  return `${before}\n\n${text.trim()}\n\n${after}`
}
