import { expect, it } from 'vitest'
import { waitOf } from './watch-wait.ts'

const playing = { readyState: 2, isLoading: true, isAsked: true, currentTime: 50, duration: 100 }
const half = { frontier: 500, completeLength: 1000 }

it.each([
  ['plays on', { ...playing, readyState: 4 }, half, undefined],
  ['has come to the frontier', playing, half, 'ahead'],
  ['has jumped ahead of it', { ...playing, readyState: 1, currentTime: 90 }, half, 'ahead'],
  ['is far behind it, so that its network is slow', { ...playing, currentTime: 10 }, half, undefined],
  ['is paused', { ...playing, isAsked: false }, half, undefined],
  ['has no index yet', { ...playing, readyState: 0, duration: Number.NaN }, half, 'index'],
  ['does not load', { ...playing, readyState: 0, isLoading: false, duration: Number.NaN }, half, undefined],
  [
    'is at the end of a live stream',
    { ...playing, duration: Number.POSITIVE_INFINITY },
    { frontier: 5 },
    'ahead',
  ],
])('a player that %s', (_, player, growing, wait) => {
  expect(waitOf(player, growing)).toBe(wait)
})
