import { visible } from './escape.ts'
import { causeText, type RequestEntry } from './request-entry.ts'
import { hundredths, isoTime } from './timestamp.ts'

/** How lines look. */
export interface Look {
  readonly colour: boolean
  /** The time of day here instead of the whole time: for somebody who watches. */
  readonly shortTime: boolean
}

/** SGR codes that begin and end a style. */
const STYLES = {
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const
type Style = keyof typeof STYLES

/** By the first digit of the status. */
const COLOURS: Readonly<Record<string, Style>> = { 2: 'green', 3: 'cyan', 4: 'yellow', 5: 'red' }
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** One line of text for a request. */
export function textRequest(entry: RequestEntry, look: Look): string {
  const { served, client, target, range, user, cause } = entry
  const { startedAt, method = '-', httpVersion, status, bytesSent, length, duration, outcome } = served
  const paint = (style: Style, text: string) => (look.colour ? painted(style, text) : text)
  const isShort = length !== undefined && bytesSent < length
  const sent = isShort ? `${size(bytesSent)} of ${size(length)}` : size(bytesSent)
  const parts = [
    paint('dim', timeOf(startedAt, look)),
    paint(COLOURS[String(status)[0] ?? ''] ?? 'dim', String(status)),
    visible(method),
    visible(target),
    range && paint('cyan', visible(range)),
    sent,
    paint('dim', `${hundredths(duration)} ms`),
    paint('dim', visible(user === undefined ? client.address : `${user}@${client.address}`)),
    httpVersion && httpVersion !== '1.1' && paint('dim', `HTTP/${httpVersion === '2.0' ? '2' : httpVersion}`),
    outcome?.kind === 'aborted' && paint('yellow', 'aborted'),
    cause !== undefined && paint('red', `failed: ${visible(causeText(cause))}`),
  ]
  return `${parts.filter(Boolean).join(' ')}\n`
}

/** What else there is to say. Lines after the first are indented, so that none passes for a line of its own. */
export function textMessage(time: number, level: 'error' | 'warn', message: string, look: Look): string {
  const label = level === 'error' ? 'error' : 'warning'
  const [first = '', ...rest] = message.split('\n').map(visible)
  const head = look.colour ? painted(level === 'error' ? 'red' : 'yellow', label) : label
  return `${[`${timeOf(time, look)} ${head} ${first}`, ...rest.map((line) => `    ${line.trim()}`)].join('\n')}\n`
}

function painted(style: Style, text: string): string {
  const [begin, end] = STYLES[style]
  return `\x1b[${begin}m${text}\x1b[${end}m`
}

function timeOf(time: number, { shortTime }: Look): string {
  return shortTime ? new Date(time).toTimeString().slice(0, 8) : isoTime(time)
}

/** Such as `512 B` and `1.3 MB`. */
function size(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3))
  return power === 0 ? `${bytes} B` : `${(bytes / 1000 ** power).toFixed(1)} ${UNITS[power]}`
}
