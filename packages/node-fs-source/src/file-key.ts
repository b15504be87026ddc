// A segment that is empty or begins with a dot; a NUL, which would end the name.
const UNUSABLE = /(?:^|\/)(?:[./]|$)|\0/
// Windows reads more into a name than its characters: streams (`a.mp4::$DATA`), devices (`con.mp4`), and
// trailing dots and spaces that it drops.
const WINDOWS_SPECIAL = /[\\:*?"<>|]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/**
 * Whether a key may name a file: relative segments joined by `/`, none empty, none that begins with a dot
 * (so neither `..` nor a dotfile), no NUL, and on Windows nothing that means something else there.
 */
export function isFileKey(key: string, platform: NodeJS.Platform = process.platform): boolean {
  if (UNUSABLE.test(key)) return false
  return platform !== 'win32' || !key.split('/').some((segment) => WINDOWS_SPECIAL.test(segment))
}
