/** Percent-encoded text as people read it; as it is if that is not possible. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A URL for people: without its query, which may be a signature. */
export function nameOfUrl(url: string): string {
  return url.replace(/\?.*/s, '')
}

/** `user:password@` of a URL as a field; `undefined` if it has none. `fetch` refuses such URLs, and they would be shown. */
export function basicCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  const bytes = new TextEncoder().encode(`${decoded(username)}:${decoded(password)}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}
