import { expect, it } from 'vitest'
import { renderProgress, Speed } from './progress.ts'

const facts = { name: 'film.mp4', bytes: 430e6, length: 1e9, speed: 10e6, columns: 120 }

it('shows percent, speed and the time that is left', () => {
  expect(renderProgress(facts)).toBe(
    'film.mp4  43% ━━━━━━━━━━────────────── 430 MB of 1.00 GB  10.0 MB/s  0:57 left',
  )
})

it('shows what there is where the length is not known, and no time where nothing arrives', () => {
  expect(renderProgress({ ...facts, length: undefined })).toBe('film.mp4  430 MB  10.0 MB/s')
  expect(renderProgress({ ...facts, speed: 0 })).toMatch(/ {2}0 B\/s$/)
})

it('never fills a line of the terminal', () => {
  expect(renderProgress({ ...facts, columns: 20 })).toHaveLength(19)
  expect(renderProgress({ ...facts, bytes: 0, length: 0 })).toContain('100%')
})

it('measures the speed of the last three seconds', () => {
  let now = 0
  const speed = new Speed(() => now)
  const at = (seconds: number, bytes: number) => {
    now = seconds * 1000
    return speed.measure(bytes)
  }
  expect([at(0, 500), at(1, 1500), at(2, 3500), at(5, 3500), at(9, 3500)]).toEqual([0, 1000, 1500, 0, 0])
})
