import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bytesAt } from '@rangekit/conformance/origin'
import { sameBytes } from '@rangekit/test-kit/bytes'
import { shared, sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { run } from '@rangekit/test-kit/processes'
import { startServer } from '@rangekit/test-kit/start-server'
import { findTool } from '@rangekit/test-kit/tools'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../src/frameworks/example.ts'
import { startScriptedOrigin } from './support/scripted-origin.ts'

// The commands of docs/growing.md, and the server that runs by itself in the folder that they write to.
const SIZE = 200_000
const page = readFileSync(join(ROOT, 'docs/growing.md'), 'utf8')

/** The block of the page that begins with a command, for a film of another name. */
function commandOf(tool: string, url: string, name: string): string {
  const block = [...page.matchAll(/^```sh\n(.*?)^```/gms)].find(([, code]) => code?.startsWith(`${tool} `))
  const code = block?.[1]?.replaceAll('https://media.example/film.mp4', url).replaceAll('film.mp4', name)
  return code ?? expect.unreachable(`docs/growing.md has no command ${tool}`)
}

describe('the page on growing files', () => {
  const folder = sharedFolder()
  const origin = shared(startScriptedOrigin, (made) => made[Symbol.asyncDispose]())
  const server = sharedServer(() => startServer('node', folder.path))

  it.for([
    ['curl', 'curl', SIZE],
    ['wget', 'wget', undefined],
    ['aria2c', 'aria2', SIZE],
  ] as const)(
    'has a command with which a film of %s can be watched while it comes',
    async ([tool, named, length], { skip }) => {
      skip(findTool(tool, named) === undefined)
      const name = `${tool}.mp4`
      const url = origin.put(name, { until: SIZE / 2 })
      const written = run('/bin/sh', ['-ec', commandOf(tool, url, name)], { cwd: folder.path })
      const film = `${server.origin}/api/stream/${name}`
      const start = { headers: { Range: 'bytes=0-9999' } }
      await expect.poll(async () => (await fetch(film, start)).status, { interval: 50 }).toBe(206)
      const response = await fetch(film)
      expect(response.headers.get('Content-Length')).toBe(length === undefined ? null : String(length))
      origin.put(name, {})
      expect(sameBytes(await response.bytes(), bytesAt(1, 0, SIZE - 1))).toBe(true)
      expect(await written).toMatchObject({ code: 0 })
      expect(sameBytes(readFileSync(folder.at(name)), bytesAt(1, 0, SIZE - 1))).toBe(true)
    },
  )
})
