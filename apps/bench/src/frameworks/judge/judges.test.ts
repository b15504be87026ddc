import { once } from 'node:events'
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { basename } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { makeFilmFolder } from '../../film.ts'
import { processTree } from '../../measure/memory.ts'
import { startPeer } from '../../peers/start.ts'
import { judgeAborts } from './aborts.ts'
import { judgeCompression } from './compression.ts'
import { judgeConformance } from './conformance.ts'
import { judgeFraming } from './framing.ts'
import type { Finding, Ground } from './ground.ts'
import { judgeMemory } from './memory.ts'
import { judgeTruncation } from './truncation.ts'

const MIB = 1024 * 1024
/** Enough to tell a server that buffers from one that does not. */
const SHORTER = { length: 128 * MIB, limit: 80 * MIB }

const names = (findings: readonly Finding[]) => findings.map(({ what }) => what)

/** Judges a server in this process that answers every request with a function. */
async function withServer<T>(
  answer: (path: string, response: ServerResponse, range: string | undefined) => unknown,
  judge: (ground: Ground) => Promise<T>,
): Promise<T> {
  using media = makeFilmFolder()
  const server = createServer((request, response) => {
    const path = media.at(basename(request.url ?? ''))
    if (existsSync(path)) answer(path, response, request.headers.range)
    else response.writeHead(404).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  try {
    return await judge({ url: `http://127.0.0.1:${port}/`, media, processes: () => [process.pid] })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('our own server', () => {
  it('is found right in every behaviour', async () => {
    using media = makeFilmFolder()
    await using peer = await startPeer('rangekit', media.path)
    const ground = { url: peer.url, media, processes: () => processTree(peer.pid) }
    const conformance = await judgeConformance(ground)
    expect(names(conformance.findings)).toEqual([])
    expect(conformance.totals.passed).toBe(conformance.totals.judged)
    expect(await judgeFraming(ground)).toEqual([])
    expect(await judgeCompression(ground)).toEqual([])
    expect((await judgeMemory(ground, SHORTER)).findings).toEqual([])
    expect(await judgeTruncation(ground)).toEqual([])
    expect(await judgeAborts(ground)).toEqual([])
  }, 120_000)
})

describe('a server that is wrong is found out', () => {
  it('by vectors that it fails, and by those that it does not offer', async () => {
    const { findings, totals } = await withServer((path, response) => {
      createReadStream(path).pipe(response)
    }, judgeConformance)
    expect(names(findings)).toContain('first-byte: not offered')
    expect(totals.judged).toBeGreaterThan(0)
  })

  it('by Transfer-Encoding, a missing Content-Length and another status', async () => {
    const findings = await withServer((path, response) => {
      createReadStream(path).pipe(response)
    }, judgeFraming)
    expect(names(findings)).toEqual(['200', '206', '206 with two ranges', 'HEAD', 'HEAD with Range', '416'])
  })

  it('by a range that it compresses', async () => {
    const findings = await withServer((path, response) => {
      response.writeHead(206, { 'Content-Encoding': 'gzip' })
      response.end(gzipSync(readFileSync(path)))
    }, judgeCompression)
    expect(names(findings)).toEqual(['compressed'])
  })

  it('by a body that it collects in memory', async () => {
    const { findings } = await withServer(
      async (path, response) => {
        response.end(await buffer(createReadStream(path)))
      },
      (ground) => judgeMemory(ground, SHORTER),
    )
    expect(names(findings)).toEqual(['grows'])
  })

  it('by a body that lacks its end', async () => {
    const { findings } = await withServer(
      (path, response) => {
        createReadStream(path, { end: MIB - 1 }).pipe(response)
      },
      (ground) => judgeMemory(ground, SHORTER),
    )
    expect(names(findings)).toEqual(['incomplete'])
  })

  it('by a file cut short that looks complete', async () => {
    const findings = await withServer((path, response) => {
      createReadStream(path).pipe(response)
    }, judgeTruncation)
    expect(names(findings)).toEqual(['looks complete'])
  })

  it('by a file cut short that leaves the client waiting', async () => {
    const findings = await withServer(
      (path, response) => {
        response.writeHead(200, { 'Content-Length': statSync(path).size })
        createReadStream(path).pipe(response, { end: false })
      },
      (ground) => judgeTruncation(ground, 2000),
    )
    expect(names(findings)).toEqual(['hangs'])
  })

  it('by files that stay open when clients leave', async () => {
    const opened: (() => Promise<void>)[] = []
    const findings = await withServer(
      async (path, response, range) => {
        const file = await open(path)
        opened.push(() => file.close())
        if (range === undefined) file.createReadStream({ autoClose: false }).pipe(response)
        else response.writeHead(206).end('x'.repeat(100))
      },
      (ground) => judgeAborts(ground, { count: 20, deadline: 2000 }),
    )
    await Promise.all(opened.map((close) => close()))
    expect(names(findings)).toEqual(['files stay open'])
  })
})
