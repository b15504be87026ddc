import fc from 'fast-check'

/** Pieces that quoting, encoding and display may get wrong. */
const FUNNY = [
  '"',
  "'",
  '\\"',
  '<b>',
  '</script>',
  '&amp;',
  '\u202e',
  '\u200f',
  '\u2066',
  ';',
  '=',
  '%22',
  '%',
  '*',
  '\u00ff',
  '😀',
  'é',
  ' ',
  '',
]

/** File names as people and attackers choose them, without characters that a path segment cannot contain. */
export const anyName = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
    fc
      .array(fc.oneof(fc.constantFrom(...FUNNY), fc.string({ maxLength: 5 })), {
        minLength: 1,
        maxLength: 12,
      })
      .map((parts) => parts.join('')),
  )
  .map((name) => name.replaceAll(/[/\\\p{Cc}]/gu, '_'))
  .filter((name) => name !== '' && !name.startsWith('.') && Buffer.byteLength(name) <= 255)

/** The file name that a client reads from Content-Disposition: `filename*` before `filename` (6266 §4.3). */
export function nameIn(value: string): string | undefined {
  const extended = /; filename\*=UTF-8''([^;\s]+)$/.exec(value)?.[1]
  if (extended !== undefined) return decodeURIComponent(extended)
  const quoted = /^attachment; filename="((?:[^"\\]|\\.)*)"$/.exec(value)?.[1]
  return (
    quoted?.replaceAll(/\\(.)/g, '$1') ?? /^attachment; filename=([!#$%&'*+\-.^_`|~\w]+)$/.exec(value)?.[1]
  )
}
