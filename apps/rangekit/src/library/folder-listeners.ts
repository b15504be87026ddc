/** Called with the version of a folder when it has another one; `''` if it is gone. */
export type FolderListener = (version: string) => void

/** Who wants to know the versions of a folder. Each is told each version once. */
export class FolderListeners {
  readonly #entries = new Set<{ readonly listener: FolderListener; told: string | undefined }>()

  get size(): number {
    return this.#entries.size
  }

  /** @returns removes the listener. */
  add(listener: FolderListener): () => void {
    const entry = { listener, told: undefined }
    this.#entries.add(entry)
    return () => {
      this.#entries.delete(entry)
    }
  }

  /** Tells those that do not know it. What they throw goes to the console. */
  tell(version: string): void {
    for (const entry of this.#entries) {
      if (entry.told === version) continue
      entry.told = version
      try {
        entry.listener(version)
      } catch (error) {
        console.error(error)
      }
    }
  }
}
