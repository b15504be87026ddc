/** Work for the cards in view: two pieces at a time, the newest first, given up when its card is out of view. */

type Work = (signal: AbortSignal) => Promise<void>

/** A page has six connections to a server of HTTP/1.1, and all tabs share them. */
const LANES = 2

export class Lanes {
  readonly #waiting = new Map<Element, Work>()
  readonly #running = new Map<Element, AbortController>()

  /** Does some work for a card, unless it is cancelled first. It replaces what waits for the card. */
  add(card: Element, work: Work): void {
    this.#waiting.delete(card)
    this.#waiting.set(card, work)
    this.#next()
  }

  /** Gives up the work for a card. */
  cancel(card: Element): void {
    this.#waiting.delete(card)
    this.#running.get(card)?.abort()
  }

  #next(): void {
    while (this.#running.size < LANES) {
      const [card, work] = [...this.#waiting].findLast(([waiting]) => !this.#running.has(waiting)) ?? []
      if (card === undefined || work === undefined) return
      this.#waiting.delete(card)
      const controller = new AbortController()
      this.#running.set(card, controller)
      // What fails or was given up may be tried again when the card comes into view again.
      void work(controller.signal)
        .catch(() => undefined)
        .finally(() => {
          this.#running.delete(card)
          this.#next()
        })
    }
  }
}
