import { parse as parseDisposition } from 'content-disposition'
import { decoded } from '../url-parts.ts'

/** What Windows has no names with, and what a terminal would not show. */
const UNUSABLE = /[<>:"|?*\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** What Windows takes for a device, whatever its extension. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i

/** Most file systems have 255, and more is put behind the name while it is downloaded. */
const MAX_BYTES = 200

/**
 * The name under which a download is kept: what the server calls it, or the last segment of its URL. Never a path, and
 * never hidden, whatever they say.
 *
 * @param disposition the field Content-Disposition, if there is one.
 * @example
 * downloadName('https://media.example/films/film%201.mp4?t=1') // 'film 1.mp4'
 * downloadName('https://media.example/', 'attachment; filename="../../.bashrc"') // 'bashrc'
 */
export function downloadName(url: string, disposition = ''): string {
  const { filename = '' } = parseDisposition(disposition).parameters
  return usable(filename) || usable(decoded(new URL(url).pathname.split('/').at(-1) ?? '')) || 'download'
}

function usable(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? ''
  const visible = last.replace(UNUSABLE, '_').replace(/^[.\s]+|[.\s]+$/g, '')
  const characters = [...visible.replace(DEVICE, '_$&')]
  while (Buffer.byteLength(characters.join('')) > MAX_BYTES) characters.pop()
  return characters.join('')
}
