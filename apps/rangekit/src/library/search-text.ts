const ASCII = /^[\0-\x7f]*$/

/** A text without accents, case and compatibility forms, for comparing. */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/** The words of a query, folded. A name matches if it contains each of them. */
export function wordsOf(query: string): readonly string[] {
  return fold(query).split(/\s+/).filter(Boolean)
}
