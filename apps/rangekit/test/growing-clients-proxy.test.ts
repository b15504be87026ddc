import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { shared, sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { findTool } from '@rangekit/test-kit/tools'
import { describe, expect, it } from 'vitest'
import { GrowingCopy } from './support/growing-copy.ts'
import { nginxWith } from './support/proxies/kinds.ts'
import { startProxy } from './support/proxies/start-proxy.ts'
import { startServer } from './support/server.ts'
import { watchFile } from './support/watch-file.ts'

const bytes = positionBytes(1_000_000)
const nginx = findTool('nginx', 'nginx')
const folder = sharedFolder()
const server = sharedServer(() => startServer(folder.path))

/** As docs/deploying.md has it, with a location that gives up early. */
const kind = {
  title: 'nginx',
  caches: false,
  ...nginxWith(({ port, upstream }) => {
    const location = (path: string, seconds: number) => `
    location ${path} {
      proxy_pass http://127.0.0.1:${upstream};
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_read_timeout ${seconds}s;
    }`
    return `server { listen 127.0.0.1:${port}; ${location('/', 90)} ${location('/api/stream/early', 1)} }`
  }),
}

describe.skipIf(nginx === undefined)('behind nginx, a file that is being written', () => {
  const proxy = shared(
    () => startProxy(kind, nginx ?? '', server.port),
    (running) => running[Symbol.asyncDispose](),
  )
  const watch = (name: string) => watchFile(`http://127.0.0.1:${proxy.port}/api/stream/${name}`)

  it.each([
    ['known', true],
    ['unknown', false],
  ])('arrives as it is written, a few bytes at a time: its length is %s', async (_, isKnown) => {
    const name = `written-${isKnown}.bin`
    const copy = new GrowingCopy(folder, name, bytes, isKnown)
    const reader = await watch(name)
    for (const share of [0.0001, 0.0002, 0.5, 0.5001]) {
      copy.growTo(share)
      await expect.poll(() => reader.length, { interval: 5 }).toBe(bytes.length * share)
    }
    copy.finish()
    expect(sameBytes(await reader.whole, bytes)).toBe(true)
  })

  it.each([
    ['known', true],
    ['unknown', false],
  ])(
    'breaks where nginx waits no longer, and is not taken for complete: its length is %s',
    async (_, isKnown) => {
      const name = `early-${isKnown}.bin`
      const copy = new GrowingCopy(folder, name, bytes, isKnown)
      copy.growTo(0.5)
      const reader = await watch(name)
      await expect(reader.whole).rejects.toThrow()
      expect(reader.length).toBe(bytes.length / 2)
      copy.finish()
      expect(sameBytes(await (await watch(name)).whole, bytes)).toBe(true)
    },
  )
})
