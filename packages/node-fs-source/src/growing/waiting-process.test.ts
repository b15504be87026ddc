import { once } from 'node:events'
import { appendFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { start } from '@rangekit/test-kit/processes'
import { expect, it } from 'vitest'
import { testFolder } from '../../test/support/folder.ts'

const SCRIPT = `
import { fileSource } from ${JSON.stringify(join(import.meta.dirname, '../file-source.ts'))}
const file = await fileSource(process.argv[1], { growing: true }).open('film.mp4')
for await (const piece of await file.read({ firstPos: 0, lastPos: 2 ** 53 - 1 })) process.stdout.write(piece)
await file.close()
`

it('a process in which a reader waits for a writer goes on, also if nothing else keeps it', async () => {
  const folder = testFolder()
  const part = folder.put('film.mp4.part', 'one')
  const args = ['--input-type=module', '--eval', SCRIPT, folder.path]
  const child = start(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  let printed = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  await expect.poll(() => printed).toBe('one')
  // Longer than a process takes to end that has nothing to do.
  await setTimeout(300)
  appendFileSync(part, ' two')
  renameSync(part, folder.at('film.mp4'))
  expect(await closed).toEqual([0, null])
  expect(printed).toBe('one two')
})
