/** Milliseconds until the content is released; the browser has read it long before. */
const KEPT = 60_000

/** Saves a text made by a script among the browser's downloads. */
export function saveFile(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  Object.assign(document.createElement('a'), { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), KEPT)
}
