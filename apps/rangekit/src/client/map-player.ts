/** What the player has buffered and where it plays, on the line of the file. */

import { formatDuration } from './format.ts'
import { fit, make, percent, place } from './map-dom.ts'

const MARKS = [0, 0.25, 0.5, 0.75, 1] as const
const EVENTS = ['progress', 'timeupdate', 'seeking', 'durationchange', 'emptied', 'loadeddata'] as const

export interface PlayerParts {
  readonly buffered: HTMLElement
  readonly playhead: HTMLElement
  readonly axis: HTMLElement
}

/**
 * Follows a player. Times are placed by their share of the duration, which is an estimate: a film does not take as many
 * bytes for each second.
 */
export function followPlayer(media: HTMLMediaElement, parts: PlayerParts): void {
  let drawnDuration = 0
  const draw = () => {
    if (document.visibilityState === 'hidden') return
    const { buffered, currentTime } = media
    const duration = Number.isFinite(media.duration) ? media.duration : 0
    parts.playhead.hidden = duration === 0
    const pieces = fit(parts.buffered, duration > 0 ? buffered.length : 0, () => make('span', ''))
    for (const [index, piece] of pieces.entries()) {
      place(piece, buffered.start(index) / duration, buffered.end(index) / duration)
    }
    if (duration > 0) parts.playhead.style.left = percent(currentTime / duration)
    if (duration !== drawnDuration) {
      drawnDuration = duration
      parts.axis.replaceChildren(...(duration > 0 ? MARKS.map((share) => markAt(share, duration)) : []))
    }
  }
  for (const event of EVENTS) media.addEventListener(event, draw)
  document.addEventListener('visibilitychange', draw)
  draw()
}

function markAt(share: number, duration: number): HTMLElement {
  const mark = make('span', '', formatDuration(duration * share))
  mark.style.left = percent(share)
  return mark
}
