// What is measured, and what came of it: the shape of results.json.

export type Outcome =
  | {
      readonly kind: 'figure'
      readonly value: number
      /** Seconds of the processor's time for each answer. */
      readonly cpu?: number
      /** Other programs had more than a twentieth of a core meanwhile. */
      readonly disturbed?: boolean
      readonly note?: string | undefined
    }
  /** The server does not offer this. */
  | { readonly kind: 'unable'; readonly reason: string }
  /** It does, and a run had a wrong answer: it does not count. */
  | { readonly kind: 'failed'; readonly reason: string }

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
  /** For each measure, what each round gave. */
  readonly outcomes: Readonly<Partial<Record<MeasureName, readonly Outcome[]>>>
}

export interface Results {
  readonly date: string
  readonly machine: string
  readonly client: string
  readonly rounds: number
  readonly seconds: number
  readonly servers: readonly ServerResults[]
}

export type Summary =
  | {
      readonly kind: 'figure'
      readonly median: number
      /** Half the distance from the lowest to the highest round, as a part of the median. */
      readonly spread: number
      /** In any of the rounds. */
      readonly disturbed: boolean
      readonly note?: string | undefined
    }
  | Exclude<Outcome, { kind: 'figure' }>

/** Processor seconds for each answer; undefined where there is no figure. */
export function medianCpu(outcomes: readonly Outcome[] = []): number | undefined {
  const cpus = outcomes.map((outcome) => {
    return outcome.kind === 'figure' && outcome.cpu !== undefined
      ? { ...outcome, value: outcome.cpu }
      : outcome
  })
  const summary = summarize(cpus)
  return summary.kind === 'figure' ? summary.median : undefined
}

/** One wrong answer in one round, and there is no figure. */
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

/** The median of a server's measure; undefined where there is none. */
export function medianOf(results: Results, id: string, measure: MeasureName): number | undefined {
  const summary = summarize(results.servers.find((server) => server.id === id)?.outcomes[measure])
  return summary.kind === 'figure' ? summary.median : undefined
}
