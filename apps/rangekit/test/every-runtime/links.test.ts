import { renameSync, symlinkSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { exchange } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startServer, type TestServer } from '../support/server.ts'

const FILES = 2000 * runtime.share
const EXCHANGES = 10_000 * runtime.share
const INSIDE = 'meant to be seen'
const OUTSIDE = 'a secret'

let folder: TestFolder
let server: TestServer
beforeAll(async () => {
  folder = makeFolder()
  // Every request asks for another file: none is known from before, each is looked for anew.
  for (let index = 0; index < FILES; index++) {
    folder.put(`media/inside/${index}.txt`, INSIDE)
    folder.put(`outside/${index}.txt`, OUTSIDE)
    folder.put(`media/.hidden/${index}.txt`, OUTSIDE)
  }
  server = await startServer(folder.at('media'))
})
afterAll(async () => {
  await server.stop()
  folder.remove()
})

/** Lets a link lead to one place and to the other, in turns. */
async function exchangeLinks(link: string, targets: readonly string[]): Promise<void> {
  for (let turn = 0; turn < EXCHANGES; turn++) {
    symlinkSync(targets[turn % targets.length] ?? '', folder.at('next'))
    renameSync(folder.at('next'), link)
    if (turn % 10 === 0) await nextTurn()
  }
}

describe('a link that is exchanged while files are asked for behind it', () => {
  it.each([
    { where: 'out of the folder', name: 'a', target: '../outside' },
    { where: 'into hiding', name: 'b', target: '.hidden' },
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
      expect([...answers].sort()).toEqual([`200 ${INSIDE}`, '404 {"detail":"Archivo no encontrado"}'])
      await expectNothingOpen(server.pid, folder.path)
      expect(server.stderr).toBe('')
    },
    60_000,
  )
})
