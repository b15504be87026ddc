import type { Socket } from 'node:net'
import { connectionOf } from './connection.ts'
import { cutOff, resetIfOld } from './reset.ts'
import { connectionKey, readUnsentBytes } from './unsent-bytes.ts'

/** A write that the kernel has not accepted in full. */
interface Pending {
  readonly socket: Socket
  readonly onStall: () => void
  /** When the client was last seen to take something, in milliseconds of the monotonic clock. */
  since: number
  /** Unsent bytes in the kernel at the last check; `undefined` before the first one, or if they are not reported. */
  unsent: number | undefined
  /** Bytes of bodies that the kernel had taken at the last check. */
  taken: number
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
   * Watches a write.
   *
   * @param onStall called when its client has stalled. Default: closes the connection.
   * @returns a function that stops watching it.
   */
  begin(socket: Socket, onStall = () => cut(socket)): () => void {
    const { taken } = connectionOf(socket)
    const pending: Pending = { socket, onStall, since: performance.now(), unsent: undefined, taken }
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
      const { taken } = connectionOf(pending.socket)
      // A stream of HTTP/2 whose client takes only the others' bytes has stalled.
      const isOthers = taken !== pending.taken
      const moved = pending.unsent !== undefined && held !== undefined && held !== pending.unsent && !isOthers
      if (moved) pending.since = now
      pending.unsent = held
      pending.taken = taken
      if (now - pending.since >= this.#timeout && this.#pending.has(pending)) pending.onStall()
    }
  }
}

/** Closes a connection of HTTP/1. */
function cut(socket: Socket): void {
  const { last } = connectionOf(socket)
  if (last !== undefined) resetIfOld(last.req)
  cutOff(socket)
}
