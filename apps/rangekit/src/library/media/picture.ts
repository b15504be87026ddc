/** A cover picture in memory. */
export interface Picture {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly contentType: string
}

/** The types of pictures that are served: those that browsers show and that cannot contain scripts. */
export const PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'] as const

/** Whether the first bytes, as latin1, are those of a type. */
const BEGINNINGS: Readonly<Record<(typeof PICTURE_TYPES)[number], (text: string) => boolean>> = {
  'image/jpeg': (text) => text.startsWith('\xff\xd8\xff'),
  'image/png': (text) => text.startsWith('\x89PNG\r\n\x1a\n'),
  'image/webp': (text) => text.startsWith('RIFF') && text.endsWith('WEBP'),
  'image/gif': (text) => /^GIF8[79]a/.test(text),
}

/** A picture by what its bytes are, not by what a file says about them; `undefined` if it is none that is served. */
export function pictureOf(bytes: Uint8Array): Picture | undefined {
  const beginning = String.fromCharCode(...bytes.subarray(0, 12))
  const contentType = PICTURE_TYPES.find((type) => BEGINNINGS[type](beginning))
  // A copy: the bytes may be part of a larger buffer, which would stay in memory.
  return contentType && { bytes: bytes.slice(), contentType }
}
