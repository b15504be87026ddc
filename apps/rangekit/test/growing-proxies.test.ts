import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { shared, sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange } from '@rangekit/test-kit/raw'
import { findTool } from '@rangekit/test-kit/tools'
import { describe, expect, it } from 'vitest'
import { documented } from './support/documented.ts'
import { GrowingCopy } from './support/growing-copy.ts'
import { CADDY, nginxWith, PROXIES } from './support/proxies/kinds.ts'
import { startProxy } from './support/proxies/start-proxy.ts'
import { startServer } from './support/server.ts'
import { watchFile } from './support/watch-file.ts'

const BYTES = positionBytes(3_000_001)
/** So that a share of it is a whole number of bytes. */
const SMALL = positionBytes(1_000_000)
const LENGTHS = [
  ['whose final length is known', true],
  ['whose final length nobody knows', false],
] as const
/** It asks for pieces, and cannot know which is the last one. */
const NEEDS_LENGTH = 'nginx with slices'

const folder = sharedFolder()
const server = sharedServer(() => startServer(folder.path))

for (const [index, kind] of PROXIES.entries()) {
  const command = findTool(kind.command, kind.debianPackage)

  describe.skipIf(command === undefined)(`behind ${kind.title}`, () => {
    const proxy = shared(
      () => startProxy(kind, command ?? '', server.port),
      (running) => running[Symbol.asyncDispose](),
    )

    const needsLength = kind.title === NEEDS_LENGTH
    if (needsLength) {
      it('a response is broken off whose length nobody knows', async () => {
        const copy = new GrowingCopy(folder, 'live.bin', BYTES, false)
        copy.growTo(0.5)
        const reading = watchFile(`http://127.0.0.1:${proxy.port}/api/stream/live.bin`)
        await expect(reading.then(({ whole }) => whole)).rejects.toThrow()
      })
    }

    it.each(LENGTHS.filter(([, isKnown]) => isKnown || !needsLength))(
      'a file is correct that is still being written, %s',
      async (_, isKnown) => {
        const name = `film-${index}-${isKnown}.bin`
        const path = `/api/stream/${name}`
        const copy = new GrowingCopy(folder, name, BYTES, isKnown)
        copy.growTo(0.5)
        const reader = await watchFile(`http://127.0.0.1:${proxy.port}${path}`)
        const rest = exchange(proxy.port, `GET ${path}`, ['Range: bytes=1000-'])
        await expect.poll(() => reader.length).toBeGreaterThan(0)
        copy.growTo(0.8)
        copy.finish()
        expect(sameBytes(await reader.whole, BYTES), proxy.log).toBe(true)
        const { status, complete, body } = await rest
        // A cache may answer with all of it.
        const expected = status === 200 ? BYTES : BYTES.subarray(1000)
        expect([[200, 206].includes(status), complete], proxy.log).toEqual([true, true])
        expect(sameBytes(body, expected), proxy.log).toBe(true)
      },
    )
  })
}

/** As documented. In nginx, what begins with `early` is given up early; Caddy gives up nothing. */
const DOCUMENTED = [
  {
    title: 'nginx',
    caches: false,
    ...nginxWith(({ port, upstream }) => {
      const location = (replaced: Readonly<Record<string, string>>) =>
        documented('in the block of the server', { ':8001': `:${upstream}`, ...replaced })
      const early = location({ 'location /': 'location /api/stream/early', '90s': '1s' })
      return `server { listen 127.0.0.1:${port}; ${location({})} ${early} }`
    }),
  },
  CADDY,
].map((kind) => ({ kind, command: findTool(kind.command, kind.debianPackage) }))

describe.each(DOCUMENTED.filter(({ command }) => command !== undefined))(
  'behind $kind.title, as documented,',
  ({ kind, command }) => {
    const proxy = shared(
      () => startProxy(kind, command ?? '', server.port),
      (running) => running[Symbol.asyncDispose](),
    )
    const watch = (name: string) => watchFile(`http://127.0.0.1:${proxy.port}/api/stream/${name}`)

    it.each(LENGTHS)('a few bytes arrive as they are written, of a file %s', async (_, isKnown) => {
      const name = `written-${kind.title}-${isKnown}.bin`
      const copy = new GrowingCopy(folder, name, SMALL, isKnown)
      const reader = await watch(name)
      for (const share of [0.0001, 0.0002, 0.5, 0.5001]) {
        copy.growTo(share)
        await expect.poll(() => reader.length, { interval: 5 }).toBe(SMALL.length * share)
      }
      copy.finish()
      expect(sameBytes(await reader.whole, SMALL)).toBe(true)
    })

    it.skipIf(kind === CADDY).concurrent.each(LENGTHS)(
      'a response breaks where it waits no longer, and is not taken for complete, of a file %s',
      async (_, isKnown) => {
        const name = `early-${isKnown}.bin`
        const copy = new GrowingCopy(folder, name, SMALL, isKnown)
        copy.growTo(0.5)
        const reader = await watch(name)
        await expect(reader.whole).rejects.toThrow()
        expect(reader.length).toBe(SMALL.length / 2)
        copy.finish()
        expect(sameBytes(await (await watch(name)).whole, SMALL)).toBe(true)
      },
    )
  },
)
