import type { MaybePromise, Representation } from '@rangekit/range-core'

/** A representation of the source, held by its reader and by the loads that read from it. The last one closes it. */
export class Lease {
  readonly representation: Representation
  #holders = 1

  /** @param representation is held once at the beginning. */
  constructor(representation: Representation) {
    this.representation = representation
  }

  hold(): void {
    this.#holders++
  }

  release(): MaybePromise<void> {
    this.#holders--
    return this.#holders === 0 ? this.representation.close() : undefined
  }
}
