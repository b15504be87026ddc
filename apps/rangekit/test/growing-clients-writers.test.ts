import { existsSync, readFileSync, statSync } from 'node:fs'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { type Finished, run } from '@rangekit/test-kit/processes'
import { findTool } from '@rangekit/test-kit/tools'
import { words } from '@rangekit/test-kit/words'
import { afterAll, describe, expect, it } from 'vitest'
import { startFileHost } from './support/file-host.ts'
import { runCommand, startServer } from './support/server.ts'
import { watchFile } from './support/watch-file.ts'

const BYTES = positionBytes(6_000_001)
/** The first piece of aria2. */
const PIECE = 1024 * 1024

const host = await startFileHost()
afterAll(() => host.stop())
const folder = sharedFolder()
const server = sharedServer(() => startServer(folder.path))

/** Starts a downloader that gets nothing yet, and waits until what it keeps for itself is in the folder. */
async function startWriter(note: string, start: () => Promise<Finished>) {
  host.reset({ bytes: BYTES, fields: { etag: '"one"' }, share: 0 })
  const running = start()
  await expect.poll(() => existsSync(folder.at(note)), { interval: 5 }).toBe(true)
  // Not the promise itself, which would be waited for.
  return { running }
}

const watch = (name: string) => watchFile(`${server.origin}/api/stream/${name}`)

const aria2 = findTool('aria2c', 'aria2')

describe.skipIf(aria2 === undefined)('while aria2c downloads with four connections', () => {
  const startAria2 = (name: string, ...flags: string[]) =>
    startWriter(`${name}.aria2`, () =>
      run(aria2 ?? '', [
        ...words('-q --no-conf -x4 -s4 -k1M'),
        ...flags,
        ...['-d', folder.path, '-o', name],
        `${host.origin}/file`,
      ]),
    )

  it.each(['none', 'prealloc'])(
    'a reader has what the control file says, and in the end all of it: --file-allocation=%s',
    async (allocation) => {
      const name = `often-${allocation}.bin`
      const flags = [`--file-allocation=${allocation}`, '--auto-save-interval=1']
      const { running } = await startAria2(name, ...flags)
      const reader = await watch(name)
      let before = 0
      for (const share of [0.3, 0.6]) {
        host.share = share
        await expect.poll(() => reader.length).toBeGreaterThan(before)
        before = reader.length
      }
      host.share = 1
      expect(await running).toMatchObject({ code: 0, stderr: '' })
      expect(sameBytes(await reader.whole, BYTES)).toBe(true)
    },
  )

  it('a reader waits for what the control file does not say yet', async () => {
    const { running } = await startAria2('seldom.bin')
    const reader = await watch('seldom.bin')
    host.share = 0.9
    const isWritten = () =>
      sameBytes(readFileSync(folder.at('seldom.bin')).subarray(0, PIECE), BYTES.subarray(0, PIECE))
    await expect.poll(isWritten).toBe(true)
    expect(reader.length).toBe(0)
    host.share = 1
    expect(await running).toMatchObject({ code: 0, stderr: '' })
    expect(sameBytes(await reader.whole, BYTES)).toBe(true)
  })
})

describe('while `rangekit get` downloads', () => {
  it('a reader has what its record says, which is never more than is written', async () => {
    const [part, record] = ['got.bin.part', 'got.bin.part.json'].map(folder.at)
    const { running } = await startWriter('got.bin.part.json', () =>
      runCommand(['get', `${host.origin}/file`, '-q', '--connections', '2', '-o', folder.at('got.bin')]),
    )
    const reader = await watch('got.bin')
    let before = 0
    for (const share of [0.4, 0.8]) {
      host.share = share
      await expect
        .poll(
          () => {
            const { done } = JSON.parse(readFileSync(record ?? '', 'utf8'))
            const written = readFileSync(part ?? '')
            for (const [start, end] of done) {
              expect(sameBytes(written.subarray(start, end), BYTES.subarray(start, end))).toBe(true)
            }
            return reader.length
          },
          { interval: 50 },
        )
        .toBeGreaterThan(before)
      before = reader.length
    }
    host.share = 1
    expect(await running).toMatchObject({ code: 0, stderr: '' })
    expect(sameBytes(await reader.whole, BYTES)).toBe(true)
    expect(statSync(folder.at('got.bin')).size).toBe(BYTES.length)
  })
})
