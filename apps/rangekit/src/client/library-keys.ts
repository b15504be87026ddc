/** The keyboard on the library: `/` searches, arrows move between the cards. */
import type { CardWindow } from './library-window.ts'

export interface KeysOptions {
  readonly cards: CardWindow
  readonly search: HTMLInputElement
  /** How many entries there are. */
  total(): number
  /** The index of the card that has or had the focus; -1 if none has. */
  active(): number
}

export function listenForKeys(options: KeysOptions): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (onKey(event, options)) event.preventDefault()
  })
}

/** Whether the key did something here. */
function onKey({ key, target }: KeyboardEvent, { cards, search, total, active }: KeysOptions): boolean {
  if (target === search) {
    if (key === 'ArrowDown') return focus(cards, 0, total())
    if (key !== 'Escape') return false
    // Browsers empty the field themselves, and then there is nothing to search for.
    if (search.value === '') search.blur()
    return false
  }
  if (isOperated(target)) return false
  if (key === '/') {
    search.focus()
    search.select()
    return true
  }
  const index = active()
  const step = STEPS[key]
  if (step === undefined || index < 0) return false
  const next = step(
    index,
    getComputedStyle(document.body).direction === 'rtl' ? -1 : 1,
    cards.columns,
    total(),
  )
  return focus(cards, Math.max(0, Math.min(total() - 1, next)), total())
}

type Step = (index: number, right: 1 | -1, columns: number, total: number) => number

const STEPS: Readonly<Record<string, Step | undefined>> = {
  ArrowRight: (index, right) => index + right,
  ArrowLeft: (index, right) => index - right,
  ArrowDown: (index, _, columns, total) => (index + columns < total ? index + columns : index),
  ArrowUp: (index, _, columns) => (index >= columns ? index - columns : index),
  Home: () => 0,
  End: (_, __, ___, total) => total - 1,
}

function focus(cards: CardWindow, index: number, total: number): boolean {
  if (total === 0) return false
  cards.reveal(index)?.querySelector('a')?.focus({ preventScroll: true })
  return true
}

/** Fields and lists have their own keys. */
function isOperated(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, select, textarea, [contenteditable]')
}
