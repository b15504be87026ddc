import { formatDuration } from './format.ts'

/** Writes the times of the page as the reader writes them. */
export function localizeTimes(): void {
  for (const element of document.querySelectorAll('time')) {
    const date = new Date(element.dateTime)
    element.textContent = date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
  }
}

/** Shows what the player knows of a file: its shape, and what the server did not know. */
export function startFacts(
  media: HTMLMediaElement,
  duration: HTMLElement | null,
  dimensions: HTMLElement | null,
): void {
  const onMetadata = () => {
    if (Number.isFinite(media.duration)) show(duration, formatDuration(media.duration))
    if (!(media instanceof HTMLVideoElement) || media.videoWidth === 0) return
    // The stage has the ratio of most films until then.
    media.style.aspectRatio = `${media.videoWidth} / ${media.videoHeight}`
    show(dimensions, `${media.videoWidth} × ${media.videoHeight}`)
  }
  if (media.readyState >= HTMLMediaElement.HAVE_METADATA) onMetadata()
  media.addEventListener('loadedmetadata', onMetadata)
}

function show(element: HTMLElement | null, text: string): void {
  if (element === null) return
  element.textContent = text
  element.hidden = false
}
