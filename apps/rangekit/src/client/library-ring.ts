/** The ring on the card of a file that is still being written. */
import type { Growing } from '../library/protocol.ts'
import { dashesOf, describeGrowing, percentOf } from './growing.ts'

/** @param growing Default: all of it is there, and there is no ring. */
export function showRing(ring: HTMLElement, growing?: Growing): void {
  ring.hidden = growing === undefined
  if (growing === undefined) return
  const percent = percentOf(growing)
  ring.ariaLabel = describeGrowing(growing)
  ring.classList.toggle('unknown', percent === undefined)
  ring.querySelector('.there')?.setAttribute('stroke-dasharray', dashesOf(growing))
  const text = ring.querySelector('span')
  if (text !== null) text.textContent = percent === undefined ? '' : `${percent}%`
}
