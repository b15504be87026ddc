import { sharedServer } from '@rangekit/test-kit/fixtures'
import { expect, it } from 'vitest'
import { startOrigin } from '../../test/support/origin-server.ts'
import { openFilm } from './single-film.ts'

const origin = sharedServer(startOrigin)

it('follows a redirect within the server, with the query of the URL only where that was typed', async () => {
  origin.folder.put('v2/film.mp4', 'content')
  const asked: string[] = []
  origin.answerWith(({ url }) => {
    const { pathname, search } = new URL(url)
    asked.push(pathname.slice('/api/stream/'.length) + search)
    return pathname.endsWith('/latest.mp4')
      ? new Response(null, { status: 302, headers: { Location: 'v2/film.mp4' } })
      : undefined
  })
  const place = await openFilm(
    { kind: 'film', url: `${origin.url}latest.mp4?token=a`, key: 'latest.mp4' },
    { digests: false, index: true, cacheStatus: false },
  )
  expect(place).toMatchObject({ film: 'latest.mp4' })
  expect(new Set(asked)).toEqual(new Set(['latest.mp4?token=a', 'v2/film.mp4']))
})
