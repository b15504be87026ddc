/** The headings of a page with the anchors that GitHub gives them, in order. */
export function headingsOf(markdown: string): readonly { readonly text: string; readonly anchor: string }[] {
  const seen = new Map<string, number>()
  const prose = markdown.replace(/^```.*?^```$/gms, '')
  return [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const text = heading.replace(/\\(.)/g, '$1')
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-')
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    return { text, anchor: times === 0 ? slug : `${slug}-${times}` }
  })
}

/** All that a link may lead to on a page: its headings, and what has an `id`. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const ids = [...markdown.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)
  return new Set([...headingsOf(markdown).map(({ anchor }) => anchor), ...ids])
}
