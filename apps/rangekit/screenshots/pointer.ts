import type { Locator, Page } from 'playwright-core'

/** Milliseconds between two steps of a movement. */
const STEP = 16

/** A mouse pointer that pictures show: the system's own is not part of a page. */
export class Pointer {
  readonly #page: Page
  #x: number
  #y: number

  /** @param at where it begins. */
  static async add(page: Page, at: { readonly x: number; readonly y: number }): Promise<Pointer> {
    await page.addInitScript(drawPointer, at)
    return new Pointer(page, at.x, at.y)
  }

  private constructor(page: Page, x: number, y: number) {
    this.#page = page
    this.#x = x
    this.#y = y
  }

  /** Moves in a straight line, slowly at both ends. */
  async moveTo(x: number, y: number, milliseconds: number): Promise<void> {
    const [fromX, fromY, began] = [this.#x, this.#y, performance.now()]
    for (let share = 0; share < 1; ) {
      share = Math.min((performance.now() - began) / milliseconds, 1)
      const eased = (1 - Math.cos(share * Math.PI)) / 2
      this.#x = fromX + (x - fromX) * eased
      this.#y = fromY + (y - fromY) * eased
      await this.#page.mouse.move(this.#x, this.#y)
      await this.#page.waitForTimeout(STEP)
    }
  }

  /** Moves to a place in an element, in fractions of its width and height. */
  async moveOnto(
    element: Locator,
    [shareX, shareY]: readonly [number, number],
    milliseconds: number,
  ): Promise<void> {
    const box = await element.boundingBox()
    if (box === null) throw new Error('The element is not visible')
    await this.moveTo(box.x + box.width * shareX, box.y + box.height * shareY, milliseconds)
  }

  /** Presses and releases the button, long enough to be seen. */
  async click(): Promise<void> {
    await this.#page.mouse.down()
    await this.#page.waitForTimeout(120)
    await this.#page.mouse.up()
  }
}

/** Runs in the page, before its own scripts. Between pages, the place is kept in the session's storage. */
function drawPointer(start: { readonly x: number; readonly y: number }): void {
  const PLACE = 'screenshots.pointer'
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const arrow = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  arrow.setAttribute('d', 'M3 2 L3 21 L8 16.5 L11.5 24 L15 22.4 L11.6 15 L18.5 14.6 Z')
  for (const [name, value] of [
    ['fill', '#111'],
    ['stroke', '#fff'],
    ['stroke-width', '1.6'],
  ] as const) {
    arrow.setAttribute(name, value)
  }
  svg.append(arrow)
  svg.setAttribute('aria-hidden', 'true')
  Object.assign(svg.style, {
    position: 'fixed',
    width: '26px',
    height: '28px',
    zIndex: '2147483647',
    pointerEvents: 'none',
    filter: 'drop-shadow(0 1px 2px rgb(0 0 0 / 0.4))',
  })
  const show = (x: number, y: number) => {
    svg.style.left = `${x - 3}px`
    svg.style.top = `${y - 2}px`
    sessionStorage.setItem(PLACE, JSON.stringify({ x, y }))
  }
  const { x, y } = JSON.parse(sessionStorage.getItem(PLACE) ?? JSON.stringify(start))
  show(x, y)
  addEventListener('mousemove', (event) => show(event.clientX, event.clientY), true)
  addEventListener('mousedown', () => svg.setAttribute('transform', 'scale(0.85)'), true)
  addEventListener('mouseup', () => svg.removeAttribute('transform'), true)
  addEventListener('DOMContentLoaded', () => document.documentElement.append(svg))
}
