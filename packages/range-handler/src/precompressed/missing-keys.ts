/** The most keys that are remembered: about 100 KiB. */
const MAX_KEYS = 1000

/** Keys that a source did not have a moment ago, so that not every request looks for them. */
export class MissingKeys {
  readonly #foundMissing = new Map<string, number>()
  readonly #keepFor: number

  /** @param keepFor milliseconds for which a key is taken to be missing. */
  constructor(keepFor: number) {
    this.#keepFor = keepFor
  }

  has(key: string): boolean {
    const at = this.#foundMissing.get(key)
    return at !== undefined && performance.now() - at < this.#keepFor
  }

  add(key: string): void {
    // Those that are asked for again are soon back.
    if (this.#foundMissing.size >= MAX_KEYS) this.#foundMissing.clear()
    this.#foundMissing.set(key, performance.now())
  }
}
