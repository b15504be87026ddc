import { once } from 'node:events'
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { run, start } from '@rangekit/test-kit/processes'
import { exchange, field } from '@rangekit/test-kit/raw'
import { findTool } from '@rangekit/test-kit/tools'
import { words } from '@rangekit/test-kit/words'
import { describe, expect, it } from 'vitest'
import { startScript, startServer } from './support/server.ts'

const curl = findTool('curl', 'curl')
const folder = sharedFolder(({ put }) => put('live.log', 'one\n'))
const write = (line: string) => appendFileSync(folder.at('live.log'), `${line}\n`)

describe('a log of which a callback says that it grows', () => {
  const server = sharedServer(() => startScript('log-server.ts', folder.path))

  it.skipIf(curl === undefined)(
    'gives a reader each line when it is written, and ends when it is rotated',
    async () => {
      const position = readFileSync(folder.at('live.log')).byteLength
      const follower = start(curl ?? '', [...words(`-sN -r ${position}-`), `${server.origin}/live.log`])
      const exited = once(follower, 'exit')
      let seen = ''
      follower.stdout?.on('data', (chunk) => {
        seen += chunk
      })
      let expected = ''
      for (const line of ['two', 'three', 'four']) {
        write(line)
        expected += `${line}\n`
        await expect.poll(() => seen, { interval: 5 }).toBe(expected)
      }
      // As logrotate does it, unless it is told to copy and truncate.
      renameSync(folder.at('live.log'), folder.at('live.log.1'))
      folder.put('live.log', 'one\n')
      expect([await exited, seen]).toEqual([[0, null], expected])
    },
  )

  it('answers with an open end, and says how long it is to who asks for more than the next byte', async () => {
    const length = readFileSync(folder.at('live.log')).byteLength
    const beyond = await exchange(server.port, 'GET /live.log', [`Range: bytes=${length + 1}-`])
    expect([beyond.status, field(beyond, 'content-range')]).toEqual([416, `bytes */${length}`])
    const last = await exchange(server.port, 'GET /live.log', ['Range: bytes=-4'])
    expect([last.status, field(last, 'content-range')]).toEqual([206, `bytes ${length - 4}-${length - 1}/*`])
  })
})

describe('a log that the command serves', () => {
  const server = sharedServer(() => startServer(folder.path))
  const rest = (position: number) =>
    exchange(server.port, 'GET /api/stream/live.log', [`Range: bytes=${position}-`])

  it('is followed by asking for what is new: 206, or 416 with its length while there is nothing', async () => {
    let position = readFileSync(folder.at('live.log')).byteLength
    for (const line of ['five', 'six']) {
      const nothing = await rest(position)
      expect([nothing.status, field(nothing, 'content-range')]).toEqual([416, `bytes */${position}`])
      write(line)
      const more = await rest(position)
      expect([more.status, more.body.toString()]).toEqual([206, `${line}\n`])
      position += more.body.byteLength
      expect(field(more, 'content-range')).toMatch(new RegExp(`-${position - 1}/${position}$`))
    }
  })

  it.skipIf(curl === undefined)('is followed by `curl -C -`, again and again', async () => {
    const copy = folder.at('copy')
    writeFileSync(copy, '')
    const url = `${server.origin}/api/stream/live.log`
    for (const line of ['seven', 'eight', undefined]) {
      // Where there is nothing new, the server answers 416, and curl knows that it has all of it.
      const { code } = await run(curl ?? '', [...words('-sf -C - -o'), copy, url])
      expect([code, readFileSync(copy, 'utf8')]).toEqual([0, readFileSync(folder.at('live.log'), 'utf8')])
      if (line !== undefined) write(line)
    }
  })
})
