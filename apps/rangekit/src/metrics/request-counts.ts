import type { MetricNumbers } from './exposition.ts'

type Labels = Readonly<Record<string, string | number>>

/** Counts things that have the same labels. */
export class LabelledCounts {
  readonly #series = new Map<string, { readonly labels: Labels; value: number }>()

  /**
   * Counts one more.
   *
   * @param key names the labels.
   * @param labels is asked for them once.
   */
  add(key: string, labels: () => Labels): void {
    const series = this.#series.get(key)
    if (series === undefined) this.#series.set(key, { labels: labels(), value: 1 })
    else series.value++
  }

  numbers(name: string, help: string): MetricNumbers {
    const values = [...this.#series.values()].map((each) => ({ ...each }))
    return { name, help, type: 'counter', aggregator: 'sum', values }
  }
}

/** Sorts times into buckets. The histograms of the client look buckets up by name, which takes ten times as long. */
export class Times {
  readonly #bounds: readonly number[]
  readonly #counts: number[]
  #sum = 0

  /** @param bounds of the buckets in seconds, each inclusive, in rising order. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0)
  }

  add(seconds: number): void {
    const bounds = this.#bounds
    let index = 0
    while (index < bounds.length && seconds > (bounds[index] ?? 0)) index++
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#sum += seconds
  }

  numbers(name: string, help: string): MetricNumbers {
    let count = 0
    const buckets = this.#counts.map((each, index) => {
      count += each
      return { metricName: `${name}_bucket`, labels: { le: this.#bounds[index] ?? '+Inf' }, value: count }
    })
    const values = [
      ...buckets,
      { metricName: `${name}_sum`, labels: {}, value: this.#sum },
      { metricName: `${name}_count`, labels: {}, value: count },
    ]
    return { name, help, type: 'histogram', aggregator: 'sum', values }
  }
}

/** A metric with one value, which is known without counting. */
export function single(type: 'counter' | 'gauge', name: string, help: string, value: number): MetricNumbers {
  return { name, help, type, aggregator: 'sum', values: [{ labels: {}, value }] }
}
