import {
  type Aggregator,
  type MetricType,
  openMetricsContentType,
  prometheusContentType,
  Registry,
} from '@prometheus-io/client'

/** The numbers of one metric, in the form in which the client hands them out and takes them. */
export interface MetricNumbers {
  readonly name: string
  readonly help: string
  readonly type: MetricType
  /** How those of several processes become one. */
  readonly aggregator: Aggregator
  readonly values: readonly {
    readonly value: number
    readonly labels: Readonly<Record<string, string | number | undefined>>
    /** The name of the sample, for a histogram. Default: that of the metric. */
    readonly metricName?: string
  }[]
}

/** The numbers of one process, as data that may travel between processes. */
export type Snapshot = readonly MetricNumbers[]

/** The formats in which metrics are written. */
export type Format = typeof openMetricsContentType | typeof prometheusContentType

/** Adds up the numbers of several processes, each metric as its `aggregator` says. */
export function addUp(snapshots: readonly Snapshot[]): Snapshot {
  const metrics: readonly object[] = Registry.aggregate([...snapshots]).getMetricsAsArray()
  return metrics.filter(hasValues)
}

function hasValues(metric: object): metric is MetricNumbers {
  return 'values' in metric
}

/** Writes the numbers of several processes as those of one. */
export function writeMetrics(snapshots: readonly Snapshot[], format: Format): Promise<string> {
  // OpenMetrics names a counter without the suffix of its samples, and the client appends one to what it is given.
  const named = format === openMetricsContentType ? snapshots.map(withoutTotal) : snapshots
  const registry = Registry.aggregate([...named])
  registry.setContentType(format)
  return registry.metrics()
}

function withoutTotal(snapshot: Snapshot): Snapshot {
  return snapshot.map((metric) =>
    metric.type === 'counter' ? { ...metric, name: metric.name.replace(/_total$/, '') } : metric,
  )
}

/** The format for a scraper: OpenMetrics if it accepts that as much as plain text. */
export function chooseFormat(accept: string | undefined): Format {
  const wanted = (type: string) =>
    Math.max(0, ...(accept ?? '').split(',').map((range) => qualityOf(range, type)))
  const openMetrics = wanted('application/openmetrics-text')
  return openMetrics > 0 && openMetrics >= wanted('text/plain')
    ? openMetricsContentType
    : prometheusContentType
}

/** The weight that one media range of Accept gives to a type (9110 §12.4.2); 0 if it is about others. */
function qualityOf(range: string, type: string): number {
  const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
  const parameter = (key: string) =>
    parameters.find((each) => each.startsWith(`${key}=`))?.slice(key.length + 1)
  if (name !== type) return 0
  // Its version 0.0.1 was a draft.
  if (type === 'application/openmetrics-text' && (parameter('version') ?? '1.0.0') !== '1.0.0') return 0
  const quality = Number(parameter('q') ?? 1)
  return Number.isNaN(quality) ? 0 : quality
}
