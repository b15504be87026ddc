import type { Clock } from '../../src/node/limits/clock.ts'

interface Alarm {
  readonly at: number
  readonly callback: () => void
}

/** A clock that a test turns. Timers are late by what `lateness` says. */
export class FakeClock implements Clock {
  #now = 0
  readonly #alarms = new Set<Alarm>()
  readonly #lateness: () => number

  /** @param lateness in milliseconds. Default: none. */
  constructor(lateness = () => 0) {
    this.#lateness = lateness
  }

  /** How many timers wait. */
  get alarms(): number {
    return this.#alarms.size
  }

  now(): number {
    return this.#now
  }

  after(delay: number, callback: () => void): () => void {
    const alarm = { at: this.#now + delay + this.#lateness(), callback }
    this.#alarms.add(alarm)
    return () => this.#alarms.delete(alarm)
  }

  /** Lets time pass, and calls back what is due, in order. */
  turnTo(time: number): void {
    for (;;) {
      let next: Alarm | undefined
      for (const alarm of this.#alarms)
        if (alarm.at <= time && (next === undefined || alarm.at < next.at)) next = alarm
      if (next === undefined) break
      this.#alarms.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
    }
    this.#now = time
  }
}
