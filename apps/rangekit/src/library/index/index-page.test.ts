import { expect, it } from 'vitest'
import { Folder } from '../folder.ts'
import { indexPage } from './index-page.ts'

it('of a large folder leaves turns to other requests while it is made', async () => {
  const entries = Array.from({ length: 5000 }, (_, index) => ({
    kind: 'file' as const,
    name: `${index}.mp4`,
    size: 0,
    modified: 0,
  }))
  const making = indexPage(new Folder('films', { entries, stamp: '', identity: '' }))
  let turns = 0
  const count = () => {
    turns++
    turning = setImmediate(count)
  }
  let turning = setImmediate(count)
  expect((await making).match(/<a /g)).toHaveLength(5001)
  clearImmediate(turning)
  expect(turns).toBeGreaterThan(2)
})
