import { isHidden, isKey } from '@rangekit/range-core'

// Windows reads more into a name than its characters: streams (`a.mp4::$DATA`), devices (`con.mp4`), and
// trailing dots and spaces that it drops.
const WINDOWS_SPECIAL = /[\\:*?"<>|]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** Whether a text is a key that may name a file: no dotfile, and on Windows nothing that means something else there. */
export function isFileKey(key: string, platform: NodeJS.Platform = process.platform): boolean {
  if (!isKey(key) || isHidden(key)) return false
  return platform !== 'win32' || !key.split('/').some((segment) => WINDOWS_SPECIAL.test(segment))
}
