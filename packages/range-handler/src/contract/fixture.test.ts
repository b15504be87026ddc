import { expect, it } from 'vitest'
import { versionBytes } from './fixture.ts'

it('versionBytes shows positions and the version', () => {
  expect([...versionBytes(9, 5)]).toEqual([5, 0, 0, 0, 5, 0, 0, 1, 5])
  expect([...versionBytes(300_000, 9).slice(4 * 66_051, 4 * 66_052)]).toEqual([9, 1, 2, 3])
})
