/** The sentence above the map: what is happening now. */
import { coveredBytes } from './map-coverage.ts'
import { formatBytes, formatCount, formatShare } from './map-format.ts'
import type { MapModel } from './map-model.ts'
import { firstPosOf, isAwaiting, isPaused, nextPos, type Seen, sentBytes } from './map-seen.ts'
import { capital, whatItIs, whoAsks } from './map-words.ts'

/** The sentence is read out only when this changes. */
export type Happening = 'nothing yet' | 'sending' | 'waiting' | 'waiting for the writer' | 'quiet'

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
  const { all, length = 0, frontier } = model
  const scene = model.scene(now)
  const last = all.at(-1)
  if (last === undefined) {
    return { happening: 'nothing yet', sentence: HINTS[player] }
  }
  const active = all.filter(({ begun, progress }) => progress.outcome === undefined && begun.length !== 0)
  const awaiting = active.filter((seen) => isAwaiting(seen, scene))
  const moving = active.filter((seen) => !isPaused(seen, now) && !awaiting.includes(seen))
  const latest = moving.at(-1) ?? awaiting.at(-1) ?? active.at(-1)
  const who = capital(whoAsks((latest ?? last).begun))
  if (latest === undefined) {
    const covered = formatShare(coveredBytes(model.covered), length)
    return {
      happening: 'quiet',
      sentence: `Nothing is being sent.${writtenOf(model, whatItIs(last.begun))} ${all.length === 1 ? 'One request' : `${all.length} requests`} so far, for ${covered} of the ${whatItIs(last.begun)}.`,
    }
  }
  const sent = formatBytes(sentBytes(latest))
  const others = active.length > 1 ? ` ${active.length} requests are open.` : ''
  if (moving.length === 0 && awaiting.length > 0) {
    const at = formatCount(nextPos(latest) ?? 0)
    const sentence = `${who} waits for the writer: it wants byte ${at}, and ${formatBytes(frontier ?? 0)} are there so far.${others}`
    return { happening: 'waiting for the writer', sentence }
  }
  if (moving.length === 0) {
    const sentence = `${who} has buffered enough: it read ${sent} ${from(latest)}, and the rest waits.${others}`
    return { happening: 'waiting', sentence }
  }
  return { happening: 'sending', sentence: `${who} is reading ${from(latest)}: ${sent} so far.${others}` }
}

function from(seen: Seen): string {
  const first = firstPosOf(seen) ?? 0
  const { completeLength } = seen.begun
  if (first === 0) return 'from the start'
  if (completeLength === undefined) return `from ${formatBytes(first)} on`
  return `from ${formatShare(first, completeLength)} on (at ${formatBytes(first)})`
}

/** How far the writer is; empty if it is done. */
function writtenOf({ frontier, length }: MapModel, thing: string): string {
  if (frontier === undefined) return ''
  const whole = length === undefined || length === frontier ? 'so far' : `of ${formatBytes(length)}`
  return ` The ${thing} is still being written: ${formatBytes(frontier)} ${whole} are there.`
}
