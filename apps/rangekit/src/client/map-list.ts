/** The requests as a list, newest first, each with what it means; open one to see its decisive fields. */
import { type State, stateOf } from './map-band.ts'
import { make, percent, setText } from './map-dom.ts'
import { explain } from './map-explain.ts'
import { fieldsOf } from './map-fields.ts'
import { formatBytes, formatClock, formatDuration } from './map-format.ts'
import type { MapModel } from './map-model.ts'
import { firstPosOf, type Seen, sentBytes, statusOf } from './map-seen.ts'

/** What a request's state is called. */
const STATES: Readonly<Record<State, string>> = {
  active: 'sending',
  paused: 'waiting',
  awaiting: 'waiting for the writer',
  complete: 'complete',
  aborted: 'stopped',
  failed: 'failed',
}

/** How many of the latest requests are explained again when something happens: what follows explains what ended. */
const UNSETTLED = 12

interface Row {
  readonly item: HTMLLIElement
  readonly details: HTMLDetailsElement
  readonly status: HTMLElement
  readonly fill: HTMLElement
  readonly sent: HTMLElement
  readonly duration: HTMLElement
  readonly state: HTMLElement
  readonly why: HTMLElement
}

export class RequestList {
  readonly #list: HTMLElement
  readonly #rows = new Map<string, Row>()

  constructor(list: HTMLElement) {
    this.#list = list
  }

  /** The row of a request. */
  row(id: string): HTMLLIElement | undefined {
    return this.#rows.get(id)?.item
  }

  /** Opens the row of a request, and brings it into view with the focus on it. */
  show(id: string): void {
    const row = this.#rows.get(id)
    if (row === undefined) return
    row.details.open = true
    row.details.querySelector('summary')?.focus({ preventScroll: true })
    row.item.scrollIntoView({ block: 'nearest', behavior: prefersReducedMotion() ? 'instant' : 'smooth' })
  }

  /** @param changed the ids of requests that are new or have changed. */
  draw(model: MapModel, changed: ReadonlySet<string>, now: number): void {
    const { all, length: there = 0 } = model
    const scene = model.scene(now)
    for (const [id, { item }] of this.#rows) {
      if (model.get(id) !== undefined) continue
      item.remove()
      this.#rows.delete(id)
    }
    for (const [index, seen] of all.entries()) {
      const { id } = seen.begun
      if (!changed.has(id) && index < all.length - UNSETTLED) continue
      const row = this.#rows.get(id) ?? this.#add(seen, model.numberOf(id))
      const state = stateOf(seen, scene)
      row.item.dataset['state'] = state
      setText(row.status, String(statusOf(seen)))
      row.status.className = `map-status chip ${chipOf(statusOf(seen))}`
      setText(row.sent, sentText(seen))
      row.fill.style.width = percent(levelOf(seen, there))
      setText(row.duration, formatDuration(seen.progress.duration))
      setText(row.state, STATES[state])
      setText(row.why, explain(seen, all, scene))
    }
  }

  #add(seen: Seen, number: number): Row {
    const { begun } = seen
    const status = make('span', '')
    const fill = make('span', 'map-level')
    const sent = make('span', 'map-sent')
    const duration = make('span', 'map-duration')
    const state = make('span', 'map-state')
    const why = make('span', 'map-why')
    const asked = begun.fields['Range'] ?? (begun.method === 'GET' ? 'no range' : begun.method)
    const summary = make(
      'summary',
      '',
      make('span', 'map-number', String(number)),
      make('span', 'map-clock', formatClock(begun.startedAt)),
      status,
      make('code', 'map-range', asked),
      make('span', 'map-meter', fill),
      sent,
      duration,
      state,
      why,
    )
    const details = make('details', '', summary)
    details.addEventListener('toggle', () => {
      if (details.childElementCount === 1) details.append(fieldsOf(seen))
    })
    const item = make('li', 'map-row', details)
    item.dataset['id'] = begun.id
    const row: Row = { item, details, status, fill, sent, duration, state, why }
    this.#rows.set(begun.id, row)
    this.#list.prepend(item)
    return row
  }
}

/** Scrolling by script does not follow this preference by itself. */
function prefersReducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}

function chipOf(status: number): string {
  if (status >= 500) return 'bad'
  return status >= 400 ? 'warn' : 'ok'
}

/** How much of the body was sent; of one without a known length, how much of what is there. */
function levelOf(seen: Seen, there: number): number {
  const { length = Math.max(1, there - (firstPosOf(seen) ?? 0)) } = seen.begun
  return length === 0 ? 0 : sentBytes(seen) / length
}

function sentText(seen: Seen): string {
  const { length } = seen.begun
  if (length === 0) return 'no body'
  const sent = sentBytes(seen)
  if (length === undefined) return formatBytes(sent)
  return sent === length ? formatBytes(length) : `${formatBytes(sent)} of ${formatBytes(length)}`
}
