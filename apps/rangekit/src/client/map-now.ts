/** The sentence above the map: what is happening now. */
import { coveredBytes } from './map-coverage.ts'
import { formatBytes, formatShare } from './map-format.ts'
import type { MapModel } from './map-model.ts'
import { firstPosOf, isPaused, type Seen, sentBytes } from './map-seen.ts'
import { capital, whatItIs, whoAsks } from './map-words.ts'

/** The sentence is read out only when this changes. */
export type Happening = 'nothing yet' | 'sending' | 'waiting' | 'quiet'

export interface Now {
  readonly happening: Happening
  readonly sentence: string
}

/** What the page's player has of the file, if the page has one. */
export type PlayerState = 'no player' | 'nothing' | 'some of it'

const HINTS: Readonly<Record<PlayerState, string>> = {
  'no player': 'No request so far. Download it, or ask for a part with curl -r.',
  nothing: 'No request so far. Play it, and move the slider.',
  'some of it':
    'No request so far: the browser has kept what it plays from an earlier visit. Move the slider.',
}

/** @param now `performance.now()`. */
export function describeNow(model: MapModel, now: number, player: PlayerState): Now {
  const { all, length = 0 } = model
  const last = all.at(-1)
  if (last === undefined) {
    return { happening: 'nothing yet', sentence: HINTS[player] }
  }
  const active = all.filter(({ begun, progress }) => progress.outcome === undefined && begun.length !== 0)
  const moving = active.filter((seen) => !isPaused(seen, now))
  const latest = moving.at(-1) ?? active.at(-1)
  const who = capital(whoAsks((latest ?? last).begun))
  if (latest === undefined) {
    const covered = formatShare(coveredBytes(model.covered), length)
    return {
      happening: 'quiet',
      sentence: `Nothing is being sent. ${all.length === 1 ? 'One request' : `${all.length} requests`} so far, for ${covered} of the ${whatItIs(last.begun)}.`,
    }
  }
  const sent = formatBytes(sentBytes(latest))
  const others = active.length > 1 ? ` ${active.length} requests are open.` : ''
  if (moving.length === 0) {
    const sentence = `${who} has buffered enough: it read ${sent} ${from(latest)}, and the rest waits.${others}`
    return { happening: 'waiting', sentence }
  }
  return { happening: 'sending', sentence: `${who} is reading ${from(latest)}: ${sent} so far.${others}` }
}

function from(seen: Seen): string {
  const first = firstPosOf(seen) ?? 0
  const { completeLength = 0 } = seen.begun
  return first === 0
    ? 'from the start'
    : `from ${formatShare(first, completeLength)} on (at ${formatBytes(first)})`
}
