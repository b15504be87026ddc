import { expect, it } from 'vitest'
import { itemOf } from '../library/item.ts'
import type { Growing } from '../library/protocol.ts'
import { renderCards } from './library-cards.ts'

/** The card of a file that is still being written. */
async function cardOf(growing: Growing): Promise<string> {
  const item = itemOf('', { kind: 'file', name: 'film.mp4', size: 1000, modified: Date.now(), growing })
  const page = { path: '', version: '', total: 1, entries: [{ ...item, page: 'watch/film.mp4' }] }
  return String(await renderCards(page, 'grid', 'title'))
}

it('a card shows how much is there of a file that is still being written, and no time', async () => {
  const known = await cardOf({ frontier: 420, completeLength: 1000 })
  expect(known).toContain('<span class="ring numbers" role="img" aria-label="42% downloaded">')
  expect(known).toContain('stroke-dasharray="42 100"')
  expect(known).toContain('<span>42%</span>')
  expect(known).toContain('<span class="size">420 B of 1.00 kB</span>')
  expect(known).toMatch(/<time[^>]* hidden>/)
  const unknown = await cardOf({ frontier: 420 })
  expect(unknown).toContain('<span class="ring numbers unknown" role="img" aria-label="Still being written">')
  expect(unknown).toContain('<span class="size">420 B so far</span>')
})

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
