import { recall, remember } from './memory.ts'

const AUTOPLAY = 'rangekit:autoplay'
/** In the tab's own store: the page that is to begin to play at once. */
const BEGIN = 'rangekit:begin'

/** Goes to a neighbour of this file, if there is one. Returns whether there is. */
export function visit(link: HTMLAnchorElement | null): boolean {
  if (link === null) return false
  location.assign(link.href)
  return true
}

/**
 * Plays the next file when this one has ended, if the reader wants that.
 *
 * @param button switches it on and off; that is remembered. Default: off.
 */
export function startAutoplay(
  media: HTMLMediaElement,
  next: HTMLAnchorElement | null,
  button: HTMLElement | null,
): void {
  let isOn = recall(AUTOPLAY) === true
  const show = () => button?.setAttribute('aria-pressed', String(isOn))
  show()
  button?.addEventListener('click', () => {
    isOn = !isOn
    remember(AUTOPLAY, isOn || undefined)
    show()
  })
  media.addEventListener('ended', () => {
    if (!isOn || next === null) return
    const { pathname } = new URL(next.href)
    remember(BEGIN, pathname, 'tab')
    visit(next)
  })
  const begins = recall(BEGIN, 'tab') === location.pathname
  remember(BEGIN, undefined, 'tab')
  // Browsers allow it on a site where the reader has started a film before; otherwise the film waits for them.
  if (begins) void media.play().catch(() => {})
}
