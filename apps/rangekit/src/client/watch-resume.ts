import { formatDuration } from './format.ts'
import { withStore } from './memory.ts'
import { savedPosition, savePosition } from './watch-positions.ts'

/** Milliseconds between two saves while a film plays. */
const SAVE_EVERY = 5000

/**
 * Resumes where the reader stopped, and saves the position: every few seconds while the film plays, when it pauses, and
 * when the page is hidden or closed.
 *
 * @param notice shown while the reader may still prefer the beginning. Has an `output` and a button.
 */
export function startResume(media: HTMLMediaElement, key: string, notice: HTMLElement): void {
  let lastSave = Number.NEGATIVE_INFINITY
  const save = () => {
    // Nothing is loaded: the position is not the reader's yet.
    if (media.readyState === HTMLMediaElement.HAVE_NOTHING) return
    lastSave = performance.now()
    const { currentTime: position, duration } = media
    withStore((store) => savePosition(store, key, { position, duration, at: Date.now() }))
  }
  const onMetadata = () => {
    const position = withStore((store) => savedPosition(store, key, media.duration))
    if (position === undefined || media.currentTime > 0) return
    media.currentTime = position
    offerBeginning(media, position, notice)
  }
  if (media.readyState >= HTMLMediaElement.HAVE_METADATA) onMetadata()
  else media.addEventListener('loadedmetadata', onMetadata, { once: true })
  media.addEventListener('timeupdate', () => {
    if (!media.paused && performance.now() - lastSave > SAVE_EVERY) save()
  })
  for (const type of ['pause', 'ended', 'seeked']) media.addEventListener(type, save)
  // Phones end a page in the background without another event.
  document.addEventListener('visibilitychange', () => document.hidden && save())
  addEventListener('pagehide', save)
}

function offerBeginning(media: HTMLMediaElement, position: number, notice: HTMLElement): void {
  const [output, button] = [notice.querySelector('output'), notice.querySelector('button')]
  if (output === null || button === null) return
  output.textContent = `Resumed at ${formatDuration(position)}`
  notice.hidden = false
  const hide = () => {
    notice.hidden = true
  }
  button.addEventListener('click', () => {
    media.currentTime = 0
    hide()
    media.focus()
  })
  media.addEventListener('ended', hide)
  // The reader has watched on, or has gone elsewhere.
  media.addEventListener('timeupdate', () => Math.abs(media.currentTime - position) > 15 && hide())
}
