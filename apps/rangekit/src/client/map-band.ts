/** The picture: the file from its first byte to its last, and on it what is asked, sent, buffered and played. */
import type { Positions } from '../inspect/protocol.ts'
import { fit, make, percent, place, setText } from './map-dom.ts'
import { formatBytes } from './map-format.ts'
import type { MapModel } from './map-model.ts'
import {
  bodyLength,
  isAwaiting,
  isPaused,
  type Scene,
  type Seen,
  sentBytes,
  sentRanges,
  statusOf,
} from './map-seen.ts'

/** How a request looks. */
export type State = 'active' | 'paused' | 'awaiting' | 'complete' | 'aborted' | 'failed'

export function stateOf(seen: Seen, scene: Scene): State {
  if (statusOf(seen) >= 500) return 'failed'
  if (seen.progress.outcome !== undefined) return seen.progress.outcome
  if (isAwaiting(seen, scene)) return 'awaiting'
  return isPaused(seen, scene.now) ? 'paused' : 'active'
}

/** Positions of the axis, as shares of the file. */
const MARKS = [0, 0.25, 0.5, 0.75, 1] as const

export interface BandParts {
  readonly covered: HTMLElement
  readonly sending: HTMLElement
  /** What is not there yet of a file that is still being written. */
  readonly missing: HTMLElement
  readonly frontier: HTMLElement
  readonly fromCache: HTMLElement
  readonly fromOrigin: HTMLElement
  readonly lanes: HTMLElement
  readonly axis: HTMLElement
}

/** Draws the file and its requests into elements of the page. */
export class Band {
  readonly #parts: BandParts
  readonly #bars = new Map<string, HTMLButtonElement>()
  readonly #onPick: (id: string) => void
  #length = 0

  /** @param onPick called with the id of a request whose bar was pressed. */
  constructor(parts: BandParts, onPick: (id: string) => void) {
    this.#parts = parts
    this.#onPick = onPick
  }

  /** The bar of a request, while the picture shows it. */
  bar(id: string): HTMLButtonElement | undefined {
    return this.#bars.get(id)
  }

  /** @param describe what a request means, for those who do not see its bar. */
  draw(model: MapModel, now: number, describe: (seen: Seen) => string): void {
    const { length = 0, frontier } = model
    const scene = model.scene(now)
    if (length !== this.#length) this.#drawAxis(length)
    const open = model.all.filter(({ progress }) => progress.outcome === undefined)
    drawStretches(this.#parts.covered, model.covered, length)
    drawStretches(this.#parts.sending, open.flatMap(sentRanges), length)
    drawStretches(this.#parts.fromCache, model.cache?.cache.ranges ?? [], length)
    drawStretches(this.#parts.fromOrigin, model.cache?.origin.ranges ?? [], length)
    this.#drawFrontier(frontier, length)
    const lanes = fit(this.#parts.lanes, model.lanes.length, () => make('div', 'map-lane'))
    const shown = new Set<string>()
    for (const [index, lane] of lanes.entries()) {
      const seen = model.lanes[index]
      const bar = seen && this.#barFor(seen)
      if (lane.firstElementChild !== (bar ?? null)) lane.replaceChildren(...(bar ? [bar] : []))
      if (seen === undefined || bar === undefined) continue
      shown.add(seen.begun.id)
      drawBar(bar, seen, Math.max(length, 1), scene)
      bar.setAttribute('aria-label', `${labelOf(seen)}: ${describe(seen)}`)
    }
    for (const id of this.#bars.keys()) if (!shown.has(id)) this.#bars.delete(id)
  }

  #drawAxis(length: number): void {
    this.#length = length
    const marks = MARKS.map((share) => {
      const mark = make('span', '', length > 0 ? (share === 0 ? '0' : formatBytes(length * share)) : '')
      mark.style.left = percent(share)
      return mark
    })
    this.#parts.axis.replaceChildren(...marks)
  }

  #drawFrontier(frontier: number | undefined, length: number): void {
    const { missing, frontier: mark } = this.#parts
    mark.hidden = missing.hidden = frontier === undefined || length === 0
    if (frontier === undefined || length === 0) return
    mark.style.left = percent(frontier / length)
    missing.style.left = percent(frontier / length)
  }

  #barFor({ begun: { id, ranges } }: Seen): HTMLButtonElement {
    const known = this.#bars.get(id)
    if (known !== undefined) return known
    const bar = make('button', 'map-bar')
    bar.type = 'button'
    bar.dataset['id'] = id
    bar.append(...ranges.map(() => make('span', 'map-part', make('span', 'map-fill'))))
    bar.append(make('span', 'map-label'))
    bar.addEventListener('click', () => this.#onPick(id))
    this.#bars.set(id, bar)
    return bar
  }
}

function drawStretches(track: HTMLElement, stretches: readonly Positions[], length: number): void {
  const pieces = fit(track, length > 0 ? stretches.length : 0, () => make('span', ''))
  for (const [index, piece] of pieces.entries()) {
    const [first, last] = stretches[index] ?? [0, 0]
    // The last block of a file may be shorter than the others.
    place(piece, first / length, Math.min(1, (last + 1) / length))
  }
}

/** A bar reaches over all ranges of its request; each range is a part of it, which fills as its bytes leave. */
function drawBar(bar: HTMLButtonElement, seen: Seen, length: number, scene: Scene): void {
  // Of one that goes on until the file is complete, as much is shown as is there.
  const ranges = seen.begun.ranges.map(
    ([firstPos, lastPos]) => [firstPos, Math.max(firstPos, Math.min(lastPos, length - 1))] as const,
  )
  const first = Math.min(...ranges.map(([firstPos]) => firstPos))
  const last = Math.max(...ranges.map(([, lastPos]) => lastPos))
  const span = last + 1 - first
  bar.dataset['state'] = stateOf(seen, scene)
  place(bar, first / length, (last + 1) / length)
  const inRanges = ranges.reduce((sum, [firstPos, lastPos]) => sum + lastPos - firstPos + 1, 0)
  // The heads of the parts of a body with several ranges are few bytes.
  const share = ranges.length === 1 ? 1 : Math.min(1, inRanges / bodyLength(seen))
  let left = seen.begun.length === 0 ? 0 : sentBytes(seen) * share
  for (const [index, [firstPos, lastPos]] of ranges.entries()) {
    const part = bar.children[index]
    const fill = part?.firstElementChild
    if (!(part instanceof HTMLElement && fill instanceof HTMLElement)) continue
    const size = lastPos - firstPos + 1
    place(part, (firstPos - first) / span, (lastPos + 1 - first) / span)
    fill.style.width = percent(left / size)
    left = Math.max(0, left - size)
  }
  const label = bar.lastElementChild
  if (label !== null) setText(label, labelOf(seen))
}

function labelOf({ begun }: Seen): string {
  const { fields, ranges } = begun
  return ranges.length > 1 ? `${ranges.length} ranges` : (fields['Range'] ?? 'no range')
}
