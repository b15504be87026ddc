import { readFileSync, writeFileSync } from 'node:fs'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { run } from '@rangekit/test-kit/processes'
import { findTool } from '@rangekit/test-kit/tools'
import { words } from '@rangekit/test-kit/words'
import { describe, expect, it } from 'vitest'
import { GrowingCopy } from '../support/growing-copy.ts'
import { expectWritten } from '../support/growing-steps.ts'
import { startServer } from '../support/server.ts'

const LENGTH = 6_000_001
const bytes = positionBytes(LENGTH)

interface Client {
  readonly what: string
  readonly command: string
  readonly flags: string
  /** Where what it writes begins. Default: 0. */
  readonly from?: number
  /** How many bytes of the file were downloaded before. Default: 0. */
  readonly there?: number
}

const CLIENTS: readonly Client[] = [
  { what: 'curl downloads it', command: 'curl', flags: '-sSN -o' },
  { what: 'curl -C - resumes', command: 'curl', flags: '-sSN -C - -o', there: 1_000_000 },
  { what: 'curl -r fetches its end', command: 'curl', flags: '-sSN -r 1000000- -o', from: 1_000_000 },
  { what: 'wget downloads it', command: 'wget', flags: '-q -O' },
  { what: 'wget -c resumes', command: 'wget', flags: '-q -c -O', there: 1_000_000 },
  {
    what: 'aria2c fetches four parts at once',
    command: 'aria2c',
    flags: '-q --no-conf --disk-cache=0 --file-allocation=none -x4 -s4 -k1M -d / -o',
  },
]

const folder = sharedFolder()
const downloads = sharedFolder()
const server = sharedServer(() => startServer(folder.path))

describe.each([
  ['whose length is known', true, [0.05, 0.5]],
  ['whose length nobody knows', false, [0.2, 0.6]],
])('a file that is being written, %s', (_, isKnown, shares) => {
  for (const [index, { what, command, flags, from = 0, there = 0 }] of CLIENTS.entries()) {
    const program = findTool(command, command.replace('aria2c', 'aria2'))
    it.skipIf(program === undefined)(`${what}, to the same bytes`, async () => {
      const name = `${isKnown}-${index}.bin`
      const target = downloads.at(name)
      if (there > 0) writeFileSync(target, bytes.subarray(0, there))
      const copy = new GrowingCopy(folder, name, bytes, isKnown)
      copy.growTo(shares[0] ?? 0)
      const running = run(program ?? '', [...words(flags), target, `${server.origin}/api/stream/${name}`])
      for (const share of shares) {
        copy.growTo(share)
        await expectWritten(target, LENGTH * share - from)
      }
      copy.finish()
      expect(await running).toEqual({ code: 0, stdout: '', stderr: '' })
      expect(sameBytes(readFileSync(target), bytes.subarray(from))).toBe(true)
    })
  }
})
