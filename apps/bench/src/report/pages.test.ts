import { expect, it } from 'vitest'
import { staleSections } from './pages.ts'

it('shows the kept results on the pages of the repository', async () => {
  expect(await staleSections()).toEqual([])
})
