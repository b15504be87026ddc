import { readFileSync, writeFileSync } from 'node:fs'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { run } from '@rangekit/test-kit/processes'
import { exchange } from '@rangekit/test-kit/raw'
import { findTool } from '@rangekit/test-kit/tools'
import { words } from '@rangekit/test-kit/words'
import { describe, expect, it } from 'vitest'
import { startServer } from './support/server.ts'

const LENGTH = 12_000_001
const bytes = positionBytes(LENGTH)

interface Download {
  readonly what: string
  readonly command: string
  readonly debianPackage: string
  /** How many bytes of the file were downloaded before. */
  readonly there: number
  arguments(url: string, target: string): readonly string[]
}

const DOWNLOADS: readonly Download[] = [
  {
    what: 'wget -c resumes',
    command: 'wget',
    debianPackage: 'wget',
    there: 5_000_000,
    arguments: (url, target) => ['-q', '-c', '-O', target, url],
  },
  {
    what: 'aria2c fetches four parts at once',
    command: 'aria2c',
    debianPackage: 'aria2',
    there: 0,
    arguments: (url, target) => ['-q', '--no-conf', '-x4', '-s4', '-k1M', '-d', '/', '-o', target, url],
  },
  {
    what: 'aria2c -c resumes',
    command: 'aria2c',
    debianPackage: 'aria2',
    there: 5_000_000,
    arguments: (url, target) => ['-q', '--no-conf', '-c', '-d', '/', '-o', target, url],
  },
  {
    what: 'lftp fetches four parts at once',
    command: 'lftp',
    debianPackage: 'lftp',
    there: 0,
    arguments: (url, target) => ['--norc', '-c', `set net:max-retries 1; pget -n 4 ${url} -o ${target}`],
  },
  {
    what: 'lftp resumes',
    command: 'lftp',
    debianPackage: 'lftp',
    there: 5_000_000,
    arguments: (url, target) => ['--norc', '-c', `set net:max-retries 1; get -c ${url} -o ${target}`],
  },
]

const folder = sharedFolder(({ put }) => put('big.bin', bytes))
const downloads = sharedFolder()

// Behind a middleware, fields pass through web-standard Headers, which keep names in lower case only.
describe.each(['', ' --cors *', ' --cors * --no-fast-path'])('from rangekit%s', (flags) => {
  const server = sharedServer(() => startServer(folder.path, { args: words(flags) }))

  for (const { what, command, debianPackage, there, arguments: argumentsFor } of DOWNLOADS) {
    const program = findTool(command, debianPackage)
    it.skipIf(program === undefined)(`${what}, to the same file`, async () => {
      const target = downloads.at(`${what}${flags}`.replaceAll(/[^a-z0-9]+/g, '-'))
      if (there > 0) writeFileSync(target, bytes.subarray(0, there))
      const finished = await run(program ?? '', argumentsFor(`${server.origin}/api/stream/big.bin`, target))
      expect(finished).toMatchObject({ code: 0, stderr: '' })
      expect(sameBytes(readFileSync(target), bytes)).toBe(true)
    })
  }

  // GDAL reads several ranges at once only from a response in exactly this spelling, and httpfs2 mounts nothing else.
  it('field names have the exact spelling that some clients look for', async () => {
    const whole = await exchange(server.port, 'HEAD /api/stream/big.bin')
    expect(whole.head).toContain('\r\nAccept-Ranges: bytes\r\n')
    expect(whole.head).toContain(`\r\nContent-Length: ${LENGTH}\r\n`)
    expect(whole.head).toContain('\r\nETag: "')
    const several = await exchange(server.port, 'GET /api/stream/big.bin', [
      'Range: bytes=0-1,5000000-5000001',
    ])
    expect(several.head).toContain('\r\nContent-Type: multipart/byteranges; boundary=')
    expect(several.body.toString('latin1')).toContain('\r\nContent-Range: bytes 5000000-5000001/')
    for (const { head } of [whole, several]) expect(head).not.toMatch(/\r\n[a-z]/)
  })
})
