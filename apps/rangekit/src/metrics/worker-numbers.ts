import { addUp, type Snapshot } from './exposition.ts'

/** What the workers of one server have counted, those that have ended included: a counter never goes backwards. */
export class WorkerNumbers {
  readonly #latest = new Map<number, Snapshot>()
  #ended: Snapshot = []

  /** The workers that run and have reported. */
  get workers(): readonly number[] {
    return [...this.#latest.keys()]
  }

  /** The numbers of each that runs, and what the others have left. */
  get snapshots(): readonly Snapshot[] {
    return [this.#ended, ...this.#latest.values()]
  }

  /** Takes the numbers of a worker that runs. */
  report(worker: number, snapshot: Snapshot): void {
    this.#latest.set(worker, snapshot)
  }

  /** A worker has ended: what it counted stays, what it had at the moment is gone. */
  end(worker: number): void {
    const last = this.#latest.get(worker)
    this.#latest.delete(worker)
    if (last === undefined) return
    const counts = last.filter(({ type }) => type !== 'gauge')
    this.#ended = addUp([this.#ended, counts])
  }
}
