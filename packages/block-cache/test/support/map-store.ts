import { setImmediate as turn } from 'node:timers/promises'
import type { BlockId, BlockStore, HeldBlock } from '../../src/block-store.ts'

/** How a store behaves. */
export interface MapStoreOptions {
  /** Whether it answers later. Default: at once. */
  readonly isSlow?: boolean
  /** Whether it knows at once what it has. Default: true. */
  readonly knows?: boolean
  /** Whether it shows its bytes. Default: false. */
  readonly shows?: boolean
  /** Called before each operation; what it throws, the store throws. */
  readonly before?: (operation: 'take' | 'read' | 'put') => void
}

/** A store in memory that forgets nothing unless told to, and counts what is held. */
export class MapStore implements BlockStore {
  readonly blocks = new Map<string, Uint8Array<ArrayBuffer>>()
  held = 0
  readAfterRelease = 0
  readonly #options: MapStoreOptions

  constructor(options: MapStoreOptions = {}) {
    this.#options = options
  }

  has(id: BlockId): boolean | undefined {
    return this.#options.knows === false ? undefined : this.blocks.has(nameOf(id))
  }

  take(id: BlockId): HeldBlock | undefined | Promise<HeldBlock | undefined> {
    return this.#later(() => {
      this.#options.before?.('take')
      const bytes = this.blocks.get(nameOf(id))
      return bytes && this.#hold(bytes)
    })
  }

  put(id: BlockId, bytes: Uint8Array<ArrayBuffer>): void | Promise<void> {
    return this.#later(() => {
      this.#options.before?.('put')
      if (bytes.byteLength !== id.length) throw new Error('A block has another length than its name says')
      this.blocks.set(nameOf(id), bytes.slice())
    })
  }

  #hold(bytes: Uint8Array<ArrayBuffer>): HeldBlock {
    this.held++
    let isReleased = false
    return {
      bytes: this.#options.shows ? bytes : undefined,
      readInto: (target, offset) =>
        this.#later(() => {
          this.#options.before?.('read')
          if (isReleased) this.readAfterRelease++
          const part = bytes.subarray(offset, offset + target.byteLength)
          target.set(part)
          return part.byteLength
        }),
      release: () => {
        if (isReleased) throw new Error('A block was released twice')
        isReleased = true
        this.held--
      },
    }
  }

  #later<T>(act: () => T): T | Promise<T> {
    return this.#options.isSlow ? turn().then(act) : act()
  }
}

function nameOf({ version, index, length }: BlockId): string {
  return `${version} ${index} ${length}`
}
