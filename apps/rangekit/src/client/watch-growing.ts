/** How much is there of a film that is still being written, under the player. */

import type { GrowthMessage } from '../inspect/protocol.ts'
import { subscribe } from './events.ts'
import { formatSize } from './format.ts'
import { percentOf, sentenceOf } from './growing.ts'
import { WAITS, type Wait, waitOf } from './watch-wait.ts'

/** Milliseconds between two looks at the player. */
const PACE = 500
/** For how long a player waits before that is said: one that jumps waits for a moment anyway. */
const PATIENCE: Readonly<Record<Wait, number>> = { ahead: 1000, index: 3000 }
/** If nothing comes for so long, that is said. */
const STALL = 15_000

export interface GrowingParts {
  readonly panel: HTMLElement
  /** The size among the facts of the file. */
  readonly size: HTMLElement | null
}

/**
 * Shows more as it comes, and why the player waits.
 *
 * @param media `undefined` for a file without a player.
 */
export function followGrowth(
  key: string,
  media: HTMLMediaElement | undefined,
  { panel, size }: GrowingParts,
): void {
  const [bar, text, wait, reload] = [
    panel.querySelector('progress'),
    panel.querySelector<HTMLElement>('[data-part="text"]'),
    panel.querySelector<HTMLElement>('[data-part="wait"]'),
    panel.querySelector<HTMLElement>('button'),
  ]
  if (bar === null || text === null || wait === null) return
  reload?.addEventListener('click', () => location.reload())
  let latest: GrowthMessage | undefined
  let heardAt = performance.now()
  let waiting: { readonly why: Wait; readonly since: number } | undefined

  /** Live regions are read out whenever they are set. */
  const say = (sentence: string) => {
    if (wait.textContent !== sentence) wait.textContent = sentence
    wait.hidden = sentence === ''
  }
  const check = () => {
    if (latest?.state !== 'growing') return
    const now = performance.now()
    const why = media && waitOf(playerOf(media), latest)
    if (why === undefined) waiting = undefined
    else if (waiting?.why !== why) waiting = { why, since: now }
    const isSaid = waiting !== undefined && now - waiting.since >= PATIENCE[waiting.why]
    const stall = now - heardAt >= STALL ? 'Nothing has come for a while: its writer may have stopped.' : ''
    say([isSaid && waiting ? WAITS[waiting.why] : '', stall].filter(Boolean).join(' '))
  }
  const timer = setInterval(check, PACE)
  const unsubscribe = subscribe(
    { growing: key },
    {
      growth(message) {
        latest = message
        heardAt = performance.now()
        show(message)
        if (message.state !== 'complete') return
        clearInterval(timer)
        // In the middle of the delivery of this message.
        queueMicrotask(() => unsubscribe())
      },
    },
  )

  function show(message: GrowthMessage): void {
    const { state, frontier } = message
    document.documentElement.toggleAttribute('data-growing', state === 'growing')
    panel.dataset['state'] = state
    if (state === 'gone') {
      if (text) text.textContent = 'The file is gone: what writes it has given up, or someone has moved it.'
      say('')
      return
    }
    if (state === 'growing') {
      const percent = percentOf(message)
      if (bar && percent !== undefined) bar.value = percent
      if (text) text.textContent = sentenceOf(message)
      return
    }
    const isNews = bar?.hasAttribute('value') === false
    if (bar) bar.value = 100
    if (text) text.textContent = `All of it is there now: ${formatSize(frontier)}.`
    if (size) size.textContent = formatSize(frontier)
    // A player does not ask again for a length that it was not told.
    if (reload) reload.hidden = !isNews || media === undefined
    say('')
  }
}

function playerOf(media: HTMLMediaElement) {
  const { readyState, networkState, paused, seeking, currentTime, duration } = media
  const isLoading = networkState === HTMLMediaElement.NETWORK_LOADING
  return { readyState, isLoading, isAsked: !paused || seeking, currentTime, duration }
}
