/**
 * Everything that could change how a line looks: line breaks, escape sequences, and what Unicode reorders or hides, such
 * as U+202E, which writes backwards. Spaces other than the common one could pass for the end of a field.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\\]|(?! )\p{Zs}/u
/** What nearly all text is: printable ASCII without a backslash. The classes of Unicode take longer, on Bun twice as long. */
const ASCII = /^[ -[\]-~]*$/
const EVERY_UNSAFE = new RegExp(UNSAFE, 'gu')

/** What a client, a file or an error says, for a line of text: `\n` and the like become `\u{a}`, `\` becomes `\\`. */
export function visible(text: string): string {
  if (ASCII.test(text) || !UNSAFE.test(text)) return text
  return text.replace(EVERY_UNSAFE, (character) =>
    character === '\\' ? '\\\\' : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}

/** Text that stands in JSON as it is. */
const PLAIN = /^[ !#-[\]-~]*$/

/** The text as JSON in ASCII: JSON itself would let through what reorders and hides, and control characters from U+007F. */
export function jsonText(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  return JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
