/** What the keyboard does on a page of the player. The server makes the help of it, and the page its shortcuts. */
import type { EntryKind } from '../library/protocol.ts'

export type Action =
  | 'toggle'
  | 'seek'
  | 'jump'
  | 'volume'
  | 'mute'
  | 'fullscreen'
  | 'captions'
  | 'pictureInPicture'
  | 'speed'
  | 'next'
  | 'previous'
  | 'help'

export interface Shortcut {
  /** As `KeyboardEvent.key` says, in lower case. */
  readonly key: string
  readonly action: Action
  /** Seconds for `seek`, a share of the film for `jump`, of the whole for `volume`, steps for `speed`. */
  readonly by?: number
}

export interface HelpLine {
  readonly keys: readonly string[]
  readonly label: string
  /** The kinds of files it works on. Default: all. */
  readonly kinds?: readonly EntryKind[]
}

const DIGITS = Array.from({ length: 10 }, (_, digit) => ({
  key: String(digit),
  action: 'jump' as const,
  by: digit / 10,
}))

export const SHORTCUTS: readonly Shortcut[] = [
  { key: ' ', action: 'toggle' },
  { key: 'k', action: 'toggle' },
  { key: 'j', action: 'seek', by: -10 },
  { key: 'l', action: 'seek', by: 10 },
  { key: 'arrowleft', action: 'seek', by: -5 },
  { key: 'arrowright', action: 'seek', by: 5 },
  { key: 'arrowup', action: 'volume', by: 0.05 },
  { key: 'arrowdown', action: 'volume', by: -0.05 },
  ...DIGITS,
  { key: 'm', action: 'mute' },
  { key: 'f', action: 'fullscreen' },
  { key: 'c', action: 'captions' },
  { key: 'i', action: 'pictureInPicture' },
  { key: '<', action: 'speed', by: -1 },
  { key: '>', action: 'speed', by: 1 },
  { key: 'n', action: 'next' },
  { key: 'p', action: 'previous' },
  { key: '?', action: 'help' },
]

const MEDIA: readonly EntryKind[] = ['video', 'audio']
const VIDEO: readonly EntryKind[] = ['video']

/** The lines of the help. */
export const HELP: readonly HelpLine[] = [
  { keys: ['Space', 'K'], label: 'Play or pause', kinds: MEDIA },
  { keys: ['J', 'L'], label: 'Back or forward 10 seconds', kinds: MEDIA },
  { keys: ['←', '→'], label: 'Back or forward 5 seconds', kinds: MEDIA },
  { keys: ['0', '…', '9'], label: 'Jump to a tenth', kinds: MEDIA },
  { keys: ['↑', '↓'], label: 'Volume', kinds: MEDIA },
  { keys: ['M'], label: 'Mute', kinds: MEDIA },
  { keys: ['C'], label: 'Subtitles', kinds: VIDEO },
  { keys: ['<', '>'], label: 'Slower or faster', kinds: MEDIA },
  { keys: ['F'], label: 'Full screen', kinds: VIDEO },
  { keys: ['I'], label: 'Picture in picture', kinds: VIDEO },
  { keys: ['N', 'P'], label: 'Next or previous file' },
  { keys: ['?'], label: 'This help' },
]

/** Speeds of playing, as factors. */
export const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const
