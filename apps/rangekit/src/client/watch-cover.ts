import type { MediaFacts } from '../library/protocol.ts'

/**
 * Shows the picture in a song, if it has one. The server reads a file only when its facts are requested.
 *
 * @param place what is shown instead; its `data-facts` is the link to the facts.
 */
export async function showCover(place: HTMLElement): Promise<void> {
  const link = place.dataset['facts']
  if (link === undefined) return
  const response = await fetch(link).catch(() => undefined)
  if (!response?.ok) return
  const { cover }: MediaFacts = await response.json().catch(() => ({}))
  if (cover === undefined) return
  const picture = Object.assign(document.createElement('img'), { src: cover, alt: '', className: 'cover' })
  picture.addEventListener('load', () => place.replaceWith(picture))
}
