/** Called with the version of a folder when it has another one; `''` if it is gone. */
export type FolderListener = (version: string) => void

/** The listeners of a folder. Each gets each version once. */
export class FolderListeners {
  readonly #entries = new Set<{ readonly listener: FolderListener; last: string | undefined }>()

  get size(): number {
    return this.#entries.size
  }

  /** @returns removes the listener. */
  add(listener: FolderListener): () => void {
    const entry = { listener, last: undefined }
    this.#entries.add(entry)
    return () => {
      this.#entries.delete(entry)
    }
  }

  /** Calls those whose last version is another one. What they throw goes to the console. */
  notify(version: string): void {
    for (const entry of this.#entries) {
      if (entry.last === version) continue
      entry.last = version
      try {
        entry.listener(version)
      } catch (error) {
        console.error(error)
      }
    }
  }
}
