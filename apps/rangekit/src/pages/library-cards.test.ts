import { expect, it } from 'vitest'
import { itemOf } from '../library/item.ts'
import { renderCards } from './library-cards.ts'

it('a card shows no time where none is known: folders of a bucket have none', async () => {
  const timeOf = async (modified: number) => {
    const entry = {
      ...itemOf('', { kind: 'folder', name: 'films', size: 0, modified }),
      page: 'browse/films/',
    }
    const page = { path: '', version: '', total: 1, entries: [entry] }
    return /<time[^>]*>[^<]*/.exec(String(await renderCards(page, 'grid', 'title')))?.[0]
  }
  expect(await timeOf(0)).toMatch(/^<time[^>]* hidden>/)
  expect(await timeOf(Date.now())).toMatch(/^<time[^>]*Z">just now$/)
})
