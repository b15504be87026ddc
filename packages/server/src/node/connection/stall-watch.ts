import type { Socket } from 'node:net'
import { connectionKey, readUnsentBytes } from './unsent-bytes.ts'

/** A write that the kernel has not taken yet. */
interface Pending {
  readonly socket: Socket
  /** When its client last took something, as far as we have seen; milliseconds of the monotonic clock. */
  since: number
  /** What the kernel held for it then; undefined before the first look, or where the kernel does not say. */
  unsent: number | undefined
}

/** How many looks there are in one time-out: it ends a connection at most this part of itself too late. */
const LOOKS = 8

/**
 * Ends connections whose client takes nothing for `timeout` milliseconds while there is something to send to it.
 *
 * A write that is not done does not mean that its client has stopped reading: the kernel reports room only when a third
 * of its buffer is free, which takes minutes at 16 kB/s. So the kernel is asked whether its own bytes for that client
 * have become fewer. That is seen as soon as the client's kernel acknowledges some, which it does when a sixteenth of its
 * own buffer is free. Where the kernel cannot be asked (only Linux answers), a client has to take a piece within the
 * time-out.
 */
export class StallWatch {
  readonly #timeout: number
  readonly #pending = new Set<Pending>()
  #watching = false

  /** @param timeout in milliseconds. */
  constructor(timeout: number) {
    this.#timeout = timeout
  }

  /** Watches a connection until the function that this returns is called. */
  begin(socket: Socket): () => void {
    const pending: Pending = { socket, since: performance.now(), unsent: undefined }
    this.#pending.add(pending)
    this.#watch()
    return () => this.#pending.delete(pending)
  }

  #watch(): void {
    if (this.#watching || this.#pending.size === 0) return
    this.#watching = true
    const look = async () => {
      await this.#look().catch(console.error)
      this.#watching = false
      this.#watch()
    }
    setTimeout(look, this.#timeout / LOOKS).unref()
  }

  async #look(): Promise<void> {
    const before = performance.now() - this.#timeout / LOOKS
    const waiting = [...this.#pending].filter(({ since }) => since <= before)
    if (waiting.length === 0) return
    const unsent = await readUnsentBytes()
    const now = performance.now()
    for (const pending of waiting) {
      const held = unsent.get(connectionKey(pending.socket))
      const moved = pending.unsent !== undefined && held !== undefined && held !== pending.unsent
      if (moved) pending.since = now
      pending.unsent = held
      if (now - pending.since >= this.#timeout && this.#pending.has(pending)) pending.socket.destroy()
    }
  }
}
