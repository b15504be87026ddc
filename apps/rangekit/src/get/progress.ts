import { formatDuration, formatSize } from '../client/format.ts'

/** What {@link renderProgress} shows. */
export interface ProgressFacts {
  readonly name: string
  readonly bytes: number
  /** `undefined` if the server does not say. */
  readonly length: number | undefined
  /** Bytes per second. */
  readonly speed: number
  /** Of the terminal. */
  readonly columns: number
}

const BAR = 24

/** One line for a terminal: percent, a bar, speed, time left. */
export function renderProgress({ name, bytes, length, speed, columns }: ProgressFacts): string {
  const figures = `${formatSize(speed)}/s`
  let line = `${name}  ${formatSize(bytes)}  ${figures}`
  if (length !== undefined) {
    const part = length === 0 ? 1 : bytes / length
    const bar = '━'.repeat(Math.floor(part * BAR)).padEnd(BAR, '─')
    const left = speed > 0 ? `${formatDuration((length - bytes) / speed)} left` : ''
    const percent = `${Math.floor(part * 100)}%`.padStart(4)
    line = `${name} ${percent} ${bar} ${formatSize(bytes)} of ${formatSize(length)}  ${figures}  ${left}`
  }
  // A line that fills a terminal would wrap.
  return [...line.trimEnd()].slice(0, Math.max(0, columns - 1)).join('')
}

/** Seconds over which the speed is measured. */
const SPAN = 3

/** How fast something grows at the moment. */
export class Speed {
  readonly #now: () => number
  #samples: { readonly time: number; readonly bytes: number }[] = []

  /** @param now milliseconds. Default: those since the process began. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Takes what there is now; returns the bytes per second of the last few seconds. */
  measure(bytes: number): number {
    const time = this.#now() / 1000
    this.#samples.push({ time, bytes })
    this.#samples = this.#samples.filter((sample) => time - sample.time <= SPAN)
    const [first = { time, bytes }] = this.#samples
    return time > first.time ? Math.max(0, bytes - first.bytes) / (time - first.time) : 0
  }
}

/**
 * Draws a line of a terminal again and again, ten times a second, until it is stopped.
 *
 * @param line what to draw at the moment.
 * @returns stops, and clears the line.
 */
export function drawLine(terminal: NodeJS.WriteStream, line: (columns: number) => string): () => void {
  const draw = () => terminal.write(`\r\x1b[K${line(terminal.columns || 80)}`)
  draw()
  const timer = setInterval(draw, 100)
  return () => {
    clearInterval(timer)
    terminal.write('\r\x1b[K')
  }
}
