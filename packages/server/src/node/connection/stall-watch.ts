import type { Socket } from 'node:net'
import { connectionOf } from './connection.ts'
import { resetIfOld } from './reset.ts'
import { connectionKey, readUnsentBytes } from './unsent-bytes.ts'

/** A write that the kernel has not accepted in full. */
interface Pending {
  readonly socket: Socket
  /** When the client was last seen to take something, in milliseconds of the monotonic clock. */
  since: number
  /** Unsent bytes in the kernel at the last check; `undefined` before the first one, or if they are not reported. */
  unsent: number | undefined
}

/** Checks per timeout. A connection is closed at most `timeout / CHECKS` too late. */
const CHECKS = 8

/**
 * Closes connections whose client takes nothing for `timeout` milliseconds while there is something to send to it.
 *
 * A pending write does not mean that the client has stopped reading: the kernel reports room only when a third of its
 * buffer is free, which takes minutes at 16 kB/s. So the watch checks whether the kernel's unsent bytes for that client
 * have changed. They do as soon as the client's kernel acknowledges some, which happens when a sixteenth of its own
 * buffer is free. Only Linux reports them; on other systems a client has to take a whole piece within the timeout.
 */
export class StallWatch {
  readonly #timeout: number
  readonly #pending = new Set<Pending>()
  #watching = false

  /** @param timeout in milliseconds. */
  constructor(timeout: number) {
    this.#timeout = timeout
  }

  /**
   * Watches a connection.
   *
   * @returns a function that stops watching it.
   */
  begin(socket: Socket): () => void {
    const pending: Pending = { socket, since: performance.now(), unsent: undefined }
    this.#pending.add(pending)
    this.#watch()
    return () => this.#pending.delete(pending)
  }

  #watch(): void {
    if (this.#watching || this.#pending.size === 0) return
    this.#watching = true
    const check = async () => {
      await this.#check().catch(console.error)
      this.#watching = false
      this.#watch()
    }
    setTimeout(check, this.#timeout / CHECKS).unref()
  }

  async #check(): Promise<void> {
    const before = performance.now() - this.#timeout / CHECKS
    const waiting = [...this.#pending].filter(({ since }) => since <= before)
    if (waiting.length === 0) return
    const unsent = await readUnsentBytes()
    const now = performance.now()
    for (const pending of waiting) {
      const held = unsent.get(connectionKey(pending.socket))
      const moved = pending.unsent !== undefined && held !== undefined && held !== pending.unsent
      if (moved) pending.since = now
      pending.unsent = held
      if (now - pending.since < this.#timeout || !this.#pending.has(pending)) continue
      const { last } = connectionOf(pending.socket)
      if (last !== undefined) resetIfOld(last.req)
      pending.socket.destroy()
    }
  }
}
