import { renameSync, symlinkSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { NOT_FOUND, startServer } from '../support/server.ts'

const FILES = 2000 * runtime.share
const EXCHANGES = 10_000 * runtime.share
const INSIDE = 'meant to be seen'
const OUTSIDE = 'a secret'

const folder = sharedFolder(({ put }) => {
  // Every request names another file, so that none is served from a file that is open already.
  for (let index = 0; index < FILES; index++) {
    put(`media/inside/${index}.txt`, INSIDE)
    put(`outside/${index}.txt`, OUTSIDE)
    put(`media/.hidden/${index}.txt`, OUTSIDE)
  }
})
const server = sharedServer(() => startServer(folder.at('media')))

/** Points a link at each of the targets in turn. */
async function exchangeLinks(link: string, targets: readonly string[]): Promise<void> {
  for (let turn = 0; turn < EXCHANGES; turn++) {
    symlinkSync(targets[turn % targets.length] ?? '', folder.at('next'))
    renameSync(folder.at('next'), link)
    if (turn % 10 === 0) await nextTurn()
  }
}

describe('a link that is replaced while files behind it are requested', () => {
  it.each([
    { where: 'out of the folder', name: 'a', target: '../outside' },
    { where: 'into a hidden folder', name: 'b', target: '.hidden' },
  ])(
    'never leads $where',
    async ({ name, target }) => {
      const answers = new Set<string>()
      let exchanging = true
      const exchanged = exchangeLinks(folder.at(`media/${name}`), ['inside', target]).finally(() => {
        exchanging = false
      })
      while (exchanging) {
        await rounds(FILES, 20, async (index) => {
          const { status, body } = await exchange(server.port, `GET /api/stream/${name}/${index}.txt`)
          answers.add(`${status} ${body}`)
        })
      }
      await exchanged
      expect([...answers].sort()).toEqual([`200 ${INSIDE}`, `404 ${NOT_FOUND}`])
      await expectNothingOpen(server.pid, folder.path)
      expect(server.stderr).toBe('')
    },
    60_000,
  )
})
