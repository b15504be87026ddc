/**
 * A window on a long list: only the cards near the viewport are in the document, and padding stands for the others. All
 * cards have one height.
 */

export interface WindowOptions {
  readonly list: HTMLElement
  /** What makes the card of an index the same as before; cards move with it. `undefined` if it is not known yet. */
  keyAt(index: number): string | undefined
  create(): HTMLElement
  /** Called whenever a card is in the document, before it is painted. */
  fill(card: HTMLElement, index: number): void
  /** Called with each card that has left the document. */
  release(card: HTMLElement): void
  /** Called with the indexes of the cards in the document, `last` exclusive. */
  onRange(first: number, last: number): void
}

/** Rows above and below the viewport that are in the document. */
const OVERSCAN = 3

/** The key of a card whose entry is not known yet; no file has such a name. */
function waitingKey(index: number): string {
  return `/${index}`
}

export class CardWindow {
  readonly #options: WindowOptions
  /** The cards in the document, by key. */
  readonly #cards = new Map<string, HTMLElement>()
  #total = 0
  #frame = 0

  constructor(options: WindowOptions) {
    this.#options = options
    addEventListener('scroll', () => this.#later(), { passive: true })
    new ResizeObserver(() => this.#later()).observe(document.documentElement)
  }

  /** The number of cards side by side. */
  get columns(): number {
    return Math.max(1, getComputedStyle(this.#options.list).gridTemplateColumns.split(' ').length)
  }

  /** Shows the list as it is now. */
  update(total: number): void {
    this.#total = total
    this.#sync()
  }

  /** The card of an index, scrolled into view. */
  reveal(index: number): HTMLElement | undefined {
    const { list, keyAt } = this.#options
    const { top, stride, columns } = this.#metrics()
    const start = list.getBoundingClientRect().top + Math.floor(index / columns) * stride
    const margin = 8
    if (start < top + margin) scrollBy(0, start - top - margin)
    else if (start + stride > innerHeight - margin) scrollBy(0, start + stride - innerHeight + margin)
    this.#sync()
    return this.#cards.get(keyAt(index) ?? waitingKey(index))
  }

  /** The first card that is wholly in view. */
  firstInView(): { readonly index: number; readonly key: string | undefined } {
    const { top, stride, columns } = this.#metrics()
    const above = top - this.#options.list.getBoundingClientRect().top
    const index = Math.max(0, Math.ceil(above / stride) * columns)
    const card = [...this.#options.list.children].find((child) => this.indexOf(child) === index)
    return { index, key: card instanceof HTMLElement ? card.dataset['key'] : undefined }
  }

  /** Scrolls as far as a card has moved from one index to another, so that it stays where it was. */
  shift(from: number, to: number): void {
    const { stride, columns } = this.#metrics()
    scrollBy(0, (Math.floor(to / columns) - Math.floor(from / columns)) * stride)
    this.#sync()
  }

  /** The index of the card that an element is in. */
  indexOf(element: Element): number | undefined {
    const position = element.closest('[data-key]')?.ariaPosInSet
    return position ? Number(position) - 1 : undefined
  }

  /** The card that waited becomes that of its entry, and keeps the focus. */
  #rename(waiting: string, key: string): void {
    const card = this.#cards.get(waiting)
    if (card === undefined || this.#cards.has(key)) return
    this.#cards.delete(waiting)
    this.#cards.set(key, card)
    card.dataset['key'] = key
  }

  #later(): void {
    if (this.#frame !== 0) return
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      this.#sync()
    })
  }

  /** `top` is where the head of the page ends. */
  #metrics() {
    const { list } = this.#options
    const gap = Number.parseFloat(getComputedStyle(list).rowGap) || 0
    const height = list.querySelector('li')?.getBoundingClientRect().height ?? 240
    const top = document.querySelector('.top')?.getBoundingClientRect().height ?? 0
    return { stride: height + gap, columns: this.columns, top }
  }

  #sync(): void {
    const { list, keyAt, create, fill, release, onRange } = this.#options
    // The first card is the measure of all others.
    if (this.#total > 0 && list.firstElementChild === null) list.append(create())
    const { stride, columns } = this.#metrics()
    const rows = Math.ceil(this.#total / columns)
    const above = -list.getBoundingClientRect().top
    const firstRow = Math.max(0, Math.min(rows, Math.floor(above / stride) - OVERSCAN))
    const lastRow = Math.max(firstRow, Math.min(rows, Math.ceil((above + innerHeight) / stride) + OVERSCAN))
    const [first, last] = [firstRow * columns, Math.min(this.#total, lastRow * columns)]

    const wanted = Array.from({ length: last - first }, (_, offset) => {
      const key = keyAt(first + offset)
      const waiting = waitingKey(first + offset)
      if (key !== undefined) this.#rename(waiting, key)
      return key ?? waiting
    })
    const focused = document.activeElement
    const remaining = new Set(wanted)
    for (const child of [...list.children]) {
      if (!(child instanceof HTMLElement)) continue
      const key = child.dataset['key']
      if (key !== undefined && remaining.has(key) && this.#cards.get(key) === child) continue
      if (child.contains(focused)) list.focus({ preventScroll: true })
      child.remove()
      if (key !== undefined && this.#cards.get(key) === child) this.#cards.delete(key)
      release(child)
    }
    list.style.paddingBlock = `${firstRow * stride}px ${Math.max(0, rows - lastRow) * stride}px`
    wanted.forEach((key, offset) => {
      const card = this.#cards.get(key) ?? create()
      this.#cards.set(key, card)
      card.dataset['key'] = key
      card.ariaSetSize = String(this.#total)
      card.ariaPosInSet = String(first + offset + 1)
      // Moving a card that is in its place already would take the focus from it.
      if (list.children[offset] !== card) list.insertBefore(card, list.children[offset] ?? null)
      fill(card, first + offset)
    })
    onRange(first, last)
  }
}
