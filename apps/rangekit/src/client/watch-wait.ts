/** Why a player waits that plays a file which is still being written. */
import type { Growing } from '../library/protocol.ts'

/** What is known of a player. */
export interface PlayerNow {
  /** `HTMLMediaElement.readyState`. */
  readonly readyState: number
  /** Whether it loads, or tries to. */
  readonly isLoading: boolean
  /** Whether it plays, or jumps: only then it needs what comes next. */
  readonly isAsked: boolean
  /** Seconds. */
  readonly currentTime: number
  /** Seconds; NaN or Infinity if it is not known. */
  readonly duration: number
}

/** `index`: it cannot begin without its index. `ahead`: it is where nothing is yet. */
export type Wait = 'index' | 'ahead'

/** As of `HTMLMediaElement`. */
const HAVE_NOTHING = 0
const HAVE_FUTURE_DATA = 3
/** The place of a moment in a file is an estimate: a film does not take as many bytes for each second. */
const CERTAINTY = 0.9

/** @returns `undefined` if it does not wait, or not for the writer. */
export function waitOf(player: PlayerNow, { frontier, completeLength }: Growing): Wait | undefined {
  const { readyState, isLoading, isAsked, currentTime, duration } = player
  if (readyState === HAVE_NOTHING) return isLoading ? 'index' : undefined
  if (readyState >= HAVE_FUTURE_DATA || !isAsked) return undefined
  if (completeLength === undefined || !(duration > 0 && duration < Number.POSITIVE_INFINITY)) return 'ahead'
  return (currentTime / duration) * completeLength >= frontier * CERTAINTY ? 'ahead' : undefined
}

/** What to say of it. */
export const WAITS: Readonly<Record<Wait, string>> = {
  index:
    'It cannot be played yet: its index has not arrived. Some files have it at their end; they play when all of it is there.',
  ahead: 'The player waits: this part is not there yet. It goes on by itself when it is.',
}
