/** The subtitles of a video, by their names: `NAME.vtt`, `NAME.en.vtt`, `NAME.pt-BR.forced.srt`. */
import { SUBTITLES } from '../library/sidecars.ts'
import { stemOf } from '../library/title.ts'

/** One file of subtitles. */
export interface Sidecar {
  /** The last segment of its key. */
  readonly name: string
  /** For people: `Brazilian Portuguese`. */
  readonly label: string
  /** A language tag (BCP 47); absent if the name has none. */
  readonly language?: string
}

/** The most that one video gets: names are anyone's, and each becomes an element of the page. */
const MAX_SIDECARS = 40

const KINDS: Readonly<Record<string, string>> = {
  cc: 'captions',
  forced: 'forced',
  hi: 'captions',
  sdh: 'captions',
}
/** Kinds that are never languages: `sdh` never means Southern Kurdish, but `hi` alone is Hindi. */
const LONE_KIND = /^(?:cc|forced|sdh)$/i
/** A language or a note in the name: `en-US`, `forced`. */
const TAG = /^[\w-]{2,16}$/
const MAX_TAGS = 2
const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })

/** Whether a key is that of a file of subtitles. */
export function isSidecarKey(key: string): boolean {
  return SUBTITLES.test(key)
}

/** The language at the end of a sidecar's name; `undefined` if there is none. */
export function sidecarLanguage(name: string): string | undefined {
  const tags = name.replace(SUBTITLES, '').split('.').slice(1)
  return findLanguage(tags.slice(-MAX_TAGS))?.tag
}

/**
 * The subtitles of a video among the files of its folder, those without a language first and then by label.
 *
 * @param name the video's name.
 * @param names those of the folder.
 */
export function sidecarsOf(name: string, names: Iterable<string>): readonly Sidecar[] {
  const stem = `${stemOf(name)}.`
  const found: Sidecar[] = []
  for (const candidate of names) {
    if (!candidate.startsWith(stem) || !isSidecarKey(candidate)) continue
    const tags = candidate
      .slice(stem.length - 1)
      .replace(SUBTITLES, '')
      .split('.')
      .slice(1)
    if (tags.length <= MAX_TAGS && tags.every((tag) => TAG.test(tag)))
      found.push({ name: candidate, ...describe(tags) })
  }
  const order = (a: Sidecar, b: Sidecar) =>
    rank(a) - rank(b) || compare(a.label, b.label) || compare(a.name, b.name)
  return found.sort(order).slice(0, MAX_SIDECARS)
}

/** `['en', 'sdh']`: `English (captions)`. What is no language is a note. */
function describe(tags: readonly string[]): Omit<Sidecar, 'name'> {
  const language = findLanguage(tags)
  const notes = tags.filter((tag) => tag !== language?.text).map((tag) => kindOf(tag) ?? tag)
  const label = [language?.label ?? 'Subtitles', ...(notes.length > 0 ? [`(${notes.join(', ')})`] : [])].join(
    ' ',
  )
  return language === undefined ? { label } : { label, language: language.tag }
}

function findLanguage(tags: readonly string[]) {
  for (const text of tags) {
    const found = LONE_KIND.test(text) ? undefined : languageOf(text)
    if (found !== undefined) return { text, ...found }
  }
  return undefined
}

function languageOf(text: string): { readonly tag: string; readonly label: string } | undefined {
  try {
    const [tag = ''] = Intl.getCanonicalLocales(text.replaceAll('_', '-'))
    const label = languages.of(tag)
    return label === undefined ? undefined : { tag, label }
  } catch {
    return undefined
  }
}

function kindOf(text: string): string | undefined {
  return Object.hasOwn(KINDS, text.toLowerCase()) ? KINDS[text.toLowerCase()] : undefined
}

function rank({ language }: Sidecar): number {
  return language === undefined ? 0 : 1
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
