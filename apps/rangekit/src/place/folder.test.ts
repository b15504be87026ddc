import { expect, it } from 'vitest'
import { describeCount } from './folder.ts'

it.each([
  [0, true, 'no videos'],
  [1, true, '1 video'],
  [20_000, true, '20,000 videos'],
  [20_000, false, 'at least 20,000 videos'],
  [0, false, 'too large to count the videos'],
])('%i videos, all counted: %s, are %j', (videos, complete, expected) => {
  expect(describeCount(videos, complete)).toBe(expected)
})
