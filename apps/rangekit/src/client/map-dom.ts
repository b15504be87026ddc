/** Finds and makes elements. */

/** @throws Error if the page has no such element. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no #${id}`)
  return found
}

/** Makes an element with a class, and texts or other elements in it. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  ...content: readonly (string | Node)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  if (className !== '') element.className = className
  element.append(...content)
  return element
}

/** Sets a text only if it differs, so that unchanged text is neither laid out again nor read out. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** Makes the number of a list's children fit, with `create` for those that are missing; returns them. */
export function fit(list: Element, count: number, create: () => HTMLElement): readonly HTMLElement[] {
  while (list.childElementCount > count) list.lastElementChild?.remove()
  while (list.childElementCount < count) list.append(create())
  return [...list.children].filter((child) => child instanceof HTMLElement)
}

/** Places an element on a line from 0 to 1. Small ones stay visible, also at the end of the line. */
export function place(element: HTMLElement, from: number, to: number): void {
  const { style } = element
  style.left = `min(${percent(from)}, calc(100% - var(--map-least)))`
  style.width = `max(${percent(to - from)}, var(--map-least))`
}

export function percent(share: number): string {
  return `${(100 * Math.min(1, Math.max(0, share))).toFixed(3)}%`
}
