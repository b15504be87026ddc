/** How far the reader has come in each file, as the player remembers it. */
import { recall } from './memory.ts'

/** From 0 to 1; `undefined` if it is unknown. */
export function resumeShare(key: string): number | undefined {
  const saved = recall(`rangekit:position:${key}`)
  const { position, duration } = (typeof saved === 'object' ? saved : {}) as Partial<Record<string, unknown>>
  const share = Number(position) / Number(duration)
  return share >= 0 && share <= 1 ? share : undefined
}
