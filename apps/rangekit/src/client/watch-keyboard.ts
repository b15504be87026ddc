import { type Action, SHORTCUTS, type Shortcut } from './watch-keys.ts'

/** Elements in which letters are text, or which choose by them. */
const FIELDS = 'input, textarea, select, [contenteditable]'
/** Elements that a space or an Enter operates. */
const OPERATED = 'button, a[href], summary, audio, video'
/** What a key repeats while it is held down. Anything else is done once. */
const STEPS: ReadonlySet<Action> = new Set(['seek', 'volume'])

/**
 * Listens for the shortcuts of a page. A key that `perform` does not handle keeps its usual effect.
 *
 * @param perform returns `false` if the page has nothing for the action.
 */
export function listenForShortcuts(perform: (action: Action, by: number) => boolean): void {
  let isHandled = false
  const onKey = (event: KeyboardEvent) => {
    const shortcut = shortcutOf(event)
    if (shortcut === undefined) return
    if (!event.repeat || STEPS.has(shortcut.action)) isHandled = perform(shortcut.action, shortcut.by ?? 0)
    if (!isHandled) return
    event.preventDefault()
    event.stopPropagation()
  }
  // In the capture phase: the player's own controls handle arrows and spaces, too.
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
