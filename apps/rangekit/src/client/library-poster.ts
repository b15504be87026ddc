/** Pictures of films that have no cover: a frame, drawn by the browser, kept while the tab is open. */
import type { LibraryEntry } from '../library/protocol.ts'
import { withStore } from './memory.ts'

/** How long a film may take to show a frame, in milliseconds. */
const PATIENCE = 8000
const WIDTH = 320
/** Characters of pictures that are kept; a browser gives a site some five million. */
const MAX_KEPT = 2_000_000
const PREFIX = 'rangekit:poster:'

/**
 * A frame at a tenth of a film, as a `data:` URL. Loads a few ranges of the film; nothing where the reader saves data.
 *
 * @param duration in seconds; `undefined` if it is not known yet.
 * @returns `undefined` if there is none: the browser cannot play the film, or it takes too long.
 * @throws the reason of `signal`.
 */
export async function makePoster(
  { key, size, modified, stream }: LibraryEntry,
  duration: number | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const name = `${PREFIX}${key}\n${size}\n${modified}`
  const kept = withStore((store) => store.getItem(name) ?? undefined, 'tab')
  if (kept !== undefined) return kept
  if (stream === undefined || size === 0 || savesData()) return undefined
  const picture = await drawFrame(stream, duration, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]))
  signal.throwIfAborted()
  if (picture !== undefined) keep(name, picture)
  return picture
}

async function drawFrame(stream: string, duration: number | undefined, signal: AbortSignal) {
  const video = document.createElement('video')
  video.muted = true
  video.preload = 'metadata'
  try {
    video.src = duration === undefined ? stream : `${stream}#t=${(duration / 10).toFixed(1)}`
    await happens(video, 'loadedmetadata', signal)
    // A time in the address is enough for most browsers; the jump itself for all of them.
    video.currentTime = video.duration / 10
    await happens(video, 'seeked', signal)
    return paint(video)
  } catch {
    return undefined
  } finally {
    // Without this, its connection stays open until the element is collected.
    video.removeAttribute('src')
    video.load()
  }
}

function happens(video: HTMLVideoElement, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = { once: true, signal } as const
    video.addEventListener(event, () => resolve(), done)
    video.addEventListener('error', () => reject(video.error), done)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    if (signal.aborted) reject(signal.reason)
  })
}

function paint(video: HTMLVideoElement): string | undefined {
  const { videoWidth, videoHeight } = video
  if (videoWidth === 0) return undefined
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = Math.round((WIDTH * videoHeight) / videoWidth)
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height)
  return canvas.toDataURL('image/jpeg', 0.7)
}

function savesData(): boolean {
  const { connection } = navigator as { readonly connection?: { readonly saveData?: boolean } }
  return connection?.saveData === true
}

function keep(name: string, picture: string): void {
  withStore((store) => {
    const posters = Object.keys(store).filter((kept) => kept.startsWith(PREFIX))
    let size = picture.length
    for (const poster of posters.reverse()) {
      size += store.getItem(poster)?.length ?? 0
      if (size > MAX_KEPT) store.removeItem(poster)
    }
    store.setItem(name, picture)
  }, 'tab')
}
