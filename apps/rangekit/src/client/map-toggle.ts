/** Opens and closes the map, and remembers that for the next page. */
const NAME = 'rangekit-map'

/** @param onChange called at once and after each change. */
export function rememberCollapsed(button: HTMLElement, onChange: (isOpen: boolean) => void): void {
  const show = (isOpen: boolean) => {
    button.setAttribute('aria-expanded', String(isOpen))
    onChange(isOpen)
  }
  button.addEventListener('click', () => {
    const isOpen = button.getAttribute('aria-expanded') !== 'true'
    show(isOpen)
    remember(isOpen)
  })
  show(isRemembered())
}

/** A browser may refuse to store anything. */
function remember(isOpen: boolean): void {
  try {
    localStorage.setItem(NAME, isOpen ? 'open' : 'closed')
  } catch {
    // It is open again on the next page.
  }
}

function isRemembered(): boolean {
  try {
    return localStorage.getItem(NAME) !== 'closed'
  } catch {
    return true
  }
}
