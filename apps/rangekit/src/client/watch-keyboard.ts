import { type Action, SHORTCUTS, type Shortcut } from './watch-keys.ts'

/** Elements in which letters are text, or which choose by them. */
const FIELDS = 'input, textarea, select, [contenteditable]'
/** Elements that a space or an Enter operates. */
const OPERATED = 'button, a[href], summary, audio, video'

/**
 * Listens for the shortcuts of a page. Those that `perform` does nothing with keep their usual effect.
 *
 * @param perform does what a shortcut asks for; `false` if there is no such thing here.
 */
export function listenForShortcuts(perform: (action: Action, by: number) => boolean): void {
  const onKey = (event: KeyboardEvent) => {
    const shortcut = shortcutOf(event)
    if (shortcut === undefined || !perform(shortcut.action, shortcut.by ?? 0)) return
    event.preventDefault()
    event.stopPropagation()
  }
  // Before the player's own controls, which would do something of their own with arrows and spaces.
  document.addEventListener('keydown', onKey, { capture: true })
}

function shortcutOf({
  key,
  target,
  ctrlKey,
  metaKey,
  altKey,
  isComposing,
}: KeyboardEvent): Shortcut | undefined {
  if (ctrlKey || metaKey || altKey || isComposing) return undefined
  const element = target instanceof Element ? target : document.body
  if (element.closest(FIELDS) !== null) return undefined
  if (key === ' ' && element.closest(OPERATED) !== null) return undefined
  // Under an open dialog nothing is operated, except that the key that opened the help closes it.
  if (key !== '?' && document.querySelector('dialog[open]') !== null) return undefined
  return SHORTCUTS.find((shortcut) => shortcut.key === key.toLowerCase())
}
