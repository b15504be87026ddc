import { recall, remember } from './memory.ts'

const NAME = 'rangekit:map'

/**
 * Opens and closes the map with a button, and remembers that for the next page. Default: open.
 *
 * @param onChange called at once and after each change.
 */
export function rememberCollapsed(button: HTMLElement, onChange: (isOpen: boolean) => void): void {
  const show = (isOpen: boolean) => {
    button.setAttribute('aria-expanded', String(isOpen))
    onChange(isOpen)
  }
  button.addEventListener('click', () => {
    const isOpen = button.getAttribute('aria-expanded') !== 'true'
    show(isOpen)
    remember(NAME, isOpen ? undefined : 'closed')
  })
  show(recall(NAME) !== 'closed')
}
