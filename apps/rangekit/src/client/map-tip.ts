/** Rows of the list and bars of the picture light up together; a bar shows what it means. */
import type { Band } from './map-band.ts'
import { setText } from './map-dom.ts'
import type { RequestList } from './map-list.ts'

/**
 * @param frame the picture, which holds the tip.
 * @param explain what a request means.
 */
export function connectTips(
  frame: HTMLElement,
  tip: HTMLElement,
  list: RequestList,
  band: Band,
  explain: (id: string) => string,
): void {
  let lit: string | undefined
  const light = (id: string | undefined) => {
    if (lit === id) return
    for (const [each, isLit] of [
      [lit, false],
      [id, true],
    ] as const) {
      if (each === undefined) continue
      list.row(each)?.classList.toggle('is-lit', isLit)
      band.bar(each)?.classList.toggle('is-lit', isLit)
    }
    lit = id
  }
  const showTip = (id: string | undefined) => {
    const bar = id === undefined ? undefined : band.bar(id)
    tip.hidden = bar === undefined
    if (id === undefined || bar === undefined) return
    setText(tip, explain(id))
    const outer = frame.getBoundingClientRect()
    const inner = bar.getBoundingClientRect()
    tip.style.top = `${inner.bottom - outer.top + 6}px`
    const center = (Math.max(inner.left, outer.left) + Math.min(inner.right, outer.right)) / 2 - outer.left
    tip.style.left = `${Math.max(0, Math.min(center - tip.offsetWidth / 2, outer.width - tip.offsetWidth))}px`
  }
  const idOf = (target: EventTarget | null) =>
    target instanceof Element ? target.closest<HTMLElement>('#map [data-id]')?.dataset['id'] : undefined

  for (const type of ['pointerover', 'focusin'] as const) {
    document.addEventListener(type, ({ target }) => {
      const id = idOf(target)
      light(id)
      showTip(target instanceof Node && frame.contains(target) ? id : undefined)
    })
  }
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && showTip(undefined))
}
