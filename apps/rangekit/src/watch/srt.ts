/** SubRip subtitles to WebVTT. SubRip has no specification: this reads what players read. */

const TIME = String.raw`(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?`
const TIMING = new RegExp(String.raw`^\s*${TIME}\s*-{1,2}>\s*${TIME}(?:\s.*)?$`)
const NUMBER = /^\s*\d{1,9}\s*$/
// Tags as in HTML, positions of SubStation Alpha, and the tags of other players in braces.
const MARKUP = /<(\/?)([a-z]+)(?:\s[^<>]*)?>|\{\\([^{}]*)\}|\{(\/?)([biu])\}/gi
const SPECIAL = /[<>]|&(?!(?:amp|lt|gt|nbsp|lrm|rlm);)/g
const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' }

interface Cue {
  readonly start: number
  readonly end: number
  /** Lines as written, without the line of the number that belongs to the next cue. */
  readonly lines: string[]
}

/**
 * Converts SubRip to WebVTT. Accepts any line ends, missing numbers, missing blank lines, missing hours, and points in
 * place of commas. Italics, bold and underline stay; other markup is dropped, and text at the top stays there. Cues
 * without text, or that end before they begin, are left out.
 *
 * Takes time in proportion to the length of the text, whatever it contains.
 *
 * @example
 * srtToVtt('1\n00:00:01,000 --> 00:00:02,500\nHello') // 'WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello\n'
 */
export function srtToVtt(srt: string): string {
  return ['WEBVTT\n', ...readCues(srt).flatMap(formatCue)].join('\n')
}

/** A new cue begins at each line of times; the line before it may be its number. */
function readCues(srt: string): Cue[] {
  const cues: Cue[] = []
  let lines: string[] = []
  for (const line of srt.split(/\r\n?|\n/)) {
    const times = TIMING.exec(line)
    if (times === null) {
      lines.push(line)
      continue
    }
    if (NUMBER.test(lines.at(-1) ?? '')) lines.pop()
    lines = []
    cues.push({ start: milliseconds(times.slice(1, 5)), end: milliseconds(times.slice(5, 9)), lines })
  }
  return cues
}

function milliseconds([hours = '0', minutes, seconds, rest = '0']: readonly (string | undefined)[]): number {
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(rest)
}

function formatCue({ start, end, lines }: Cue): string[] {
  const written = lines.join('\n')
  const text = toVttText(written)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .join('\n')
  if (text === '' || end <= start) return []
  const isAtTop = /\{[^{}]*\\an[789]\b/.test(written)
  return [`${timestamp(start)} --> ${timestamp(end)}${isAtTop ? ' line:0' : ''}`, `${text}\n`]
}

/** Tags that WebVTT shares stay, as do entities that it knows; everything else is text or dropped. */
function toVttText(text: string): string {
  let converted = ''
  let end = 0
  for (const { 0: markup, 1: slash, 2: name, 4: brace, 5: letter, index } of text.matchAll(MARKUP)) {
    const tag = (name ?? letter ?? '').toLowerCase()
    converted += escapeText(text.slice(end, index))
    if (/^[biu]$/.test(tag)) converted += `<${slash ?? brace ?? ''}${tag}>`
    end = index + markup.length
  }
  return converted + escapeText(text.slice(end))
}

function escapeText(text: string): string {
  return text.replace(SPECIAL, (character) => ENTITIES[character] ?? '')
}

function timestamp(time: number): string {
  const part = (value: number, digits: number) => String(Math.floor(value)).padStart(digits, '0')
  const [hours, minutes, seconds] = [time / 3_600_000, (time / 60_000) % 60, (time / 1000) % 60]
  return `${part(hours, 2)}:${part(minutes, 2)}:${part(seconds, 2)}.${part(time % 1000, 3)}`
}
