/** The words of a text, split at white space: a readable form for a long list of short strings. */
export function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean)
}
