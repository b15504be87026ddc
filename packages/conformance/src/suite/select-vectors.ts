import { LEVELS, type Level, type Vector } from './vector.ts'
import { vectors as allVectors } from './vectors.ts'

export interface Selection {
  /** Only vectors of this section and those below it, such as `14.1` or `9112 §6`. Default: all. */
  readonly section?: string
  /** Only vectors of this level and stricter ones. Default: `MAY`, which is all. */
  readonly level?: Level
  /** Only vectors with these ids. Default: all. */
  readonly only?: readonly string[]
  /** The vectors to select from. Default: those that come with the checker. */
  readonly vectors?: readonly Vector[]
}

/**
 * The vectors that match every condition of the selection.
 *
 * @throws RangeError for an unknown id, and when no vector is selected.
 */
export function selectVectors(selection: Selection): readonly Vector[] {
  const { vectors = allVectors, section, level = 'MAY', only } = selection
  const unknown = only?.find((id) => !vectors.some((vector) => vector.id === id))
  if (unknown !== undefined) throw new RangeError(`No vector has the id ${unknown}`)
  const wanted = section?.replace('§', '').split(/\s+/).join(' §')
  const selected = vectors.filter((vector) => {
    // Without the number of an RFC, the section may be of any.
    const name = wanted?.includes('§') ? vector.section : (vector.section.split('§')[1] ?? '')
    return (
      (only?.includes(vector.id) ?? true) &&
      LEVELS.indexOf(vector.level) <= LEVELS.indexOf(level) &&
      (wanted === undefined || name === wanted || name.startsWith(`${wanted}.`))
    )
  })
  if (selected.length === 0) throw new RangeError('No vector is selected')
  return selected
}
