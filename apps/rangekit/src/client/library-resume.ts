/** How far the reader has come in each file, as the player remembers it. */

/** From 0 to 1; `undefined` if it is not remembered, or nothing is kept here. */
export function resumeShare(key: string): number | undefined {
  try {
    const { position, duration } = JSON.parse(localStorage.getItem(`rangekit:position:${key}`) ?? '{}')
    const share = position / duration
    return share >= 0 && share <= 1 ? share : undefined
  } catch {
    return undefined
  }
}
