/** The result of one measurement. */
export type Outcome =
  | {
      readonly kind: 'figure'
      /** Per second: requests, or bytes for `range-1m` and `whole`. For memory: bytes. */
      readonly value: number
      /** Processor time for each response, in seconds. */
      readonly cpu?: number
      /** Whether other programs used more than a twentieth of a core. Default: false. */
      readonly disturbed?: boolean
      readonly note?: string | undefined
    }
  /** The server does not support what is measured. */
  | { readonly kind: 'unable'; readonly reason: string }
  /** A response was wrong, so there is no figure. */
  | { readonly kind: 'failed'; readonly reason: string }

/**
 * What is measured: requests per second, bytes per second (`range-1m`, `whole`), or resident memory (`peak` at most with
 * 1 MiB ranges, `started` before the readers, `stalled` per reader that stopped reading, `gone` after they left).
 */
export type MeasureName =
  | 'range-1k'
  | 'range-64k'
  | 'range-1m'
  | 'whole'
  | 'revalidation'
  | 'multipart'
  | 'peak'
  | 'started'
  | 'stalled'
  | 'gone'

export interface ServerResults {
  readonly id: string
  readonly title: string
  readonly version: string
  readonly setup: string
  /** One outcome for each round. */
  readonly outcomes: Readonly<Partial<Record<MeasureName, readonly Outcome[]>>>
}

/** The results of a benchmark: the shape of speed.json. */
export interface Results {
  /** ISO 8601. */
  readonly date: string
  readonly machine: string
  readonly client: string
  readonly rounds: number
  /** Length of a run. */
  readonly seconds: number
  readonly servers: readonly ServerResults[]
}

/** The outcomes of all rounds together. */
export type Summary =
  | {
      readonly kind: 'figure'
      readonly median: number
      /** Half the difference between the highest and the lowest round, as a fraction of the median. */
      readonly spread: number
      /** Whether any round was disturbed. */
      readonly disturbed: boolean
      readonly note?: string | undefined
    }
  | Exclude<Outcome, { kind: 'figure' }>

/** The median of the processor time for each response, in seconds; `undefined` where there is no figure. */
export function medianCpu(outcomes: readonly Outcome[] = []): number | undefined {
  const cpus = outcomes.map((outcome) => {
    return outcome.kind === 'figure' && outcome.cpu !== undefined
      ? { ...outcome, value: outcome.cpu }
      : outcome
  })
  const summary = summarize(cpus)
  return summary.kind === 'figure' ? summary.median : undefined
}

/** Median and spread of all rounds. One round without a figure leaves the whole without one. */
export function summarize(outcomes: readonly Outcome[] = []): Summary {
  const values: number[] = []
  let note: string | undefined
  let disturbed = false
  for (const outcome of outcomes) {
    if (outcome.kind !== 'figure') return outcome
    values.push(outcome.value)
    note = outcome.note
    disturbed ||= outcome.disturbed === true
  }
  if (values.length === 0) return { kind: 'unable', reason: 'not measured' }
  values.sort((a, b) => a - b)
  const at = (index: number) => values[index] ?? Number.NaN
  const middle = (values.length - 1) / 2
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2
  return { kind: 'figure', median, spread: (at(values.length - 1) - at(0)) / 2 / median, disturbed, note }
}

/** The median of a measure of one server; `undefined` where there is no figure. */
export function medianOf(results: Results, id: string, measure: MeasureName): number | undefined {
  const summary = summarize(results.servers.find((server) => server.id === id)?.outcomes[measure])
  return summary.kind === 'figure' ? summary.median : undefined
}
