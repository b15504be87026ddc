const ASCII = /^[\0-\x7f]*$/

/** A text without accents, case and compatibility forms, for comparing. */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/** The words of a query, folded, each once. A name matches if it contains each of them. */
export function wordsOf(query: string): readonly string[] {
  return [...new Set(fold(query).split(/\s+/).filter(Boolean))]
}
