/** Encodings of old subtitle files, by language (WHATWG Encoding labels). */
const LEGACY: Readonly<Record<string, string>> = {
  'windows-1250': 'bs cs hr hu pl ro sk sl sq',
  'windows-1251': 'be bg kk mk mn ru sr uk',
  'windows-1253': 'el',
  'windows-1254': 'az tr',
  'windows-1255': 'he yi',
  'windows-1256': 'ar fa ur',
  'windows-1257': 'et lt lv',
  'windows-1258': 'vi',
  'windows-874': 'th',
  shift_jis: 'ja',
  'euc-kr': 'ko',
  gb18030: 'zh',
}
const BY_LANGUAGE = new Map(
  Object.entries(LEGACY).flatMap(([label, languages]) => languages.split(' ').map((tag) => [tag, label])),
)

const MARKS: readonly (readonly [label: string, ...mark: readonly number[]])[] = [
  ['utf-8', 0xef, 0xbb, 0xbf],
  ['utf-16le', 0xff, 0xfe],
  ['utf-16be', 0xfe, 0xff],
]

/**
 * Decodes a text file: by its byte order mark, as UTF-8 if it is valid UTF-8, and otherwise in the encoding that old
 * files in its language have, Windows-1252 unless it is known. Never fails: what cannot be decoded becomes U+FFFD.
 *
 * @param language a language tag, such as `pt-BR`. Default: unknown.
 */
export function decodeText(bytes: Uint8Array, language = ''): string {
  const marked = MARKS.find(([, ...mark]) => mark.every((byte, index) => bytes[index] === byte))
  if (marked !== undefined) return new TextDecoder(marked[0]).decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const [primary = ''] = language.toLowerCase().split('-')
    return new TextDecoder(BY_LANGUAGE.get(primary) ?? 'windows-1252').decode(bytes)
  }
}
