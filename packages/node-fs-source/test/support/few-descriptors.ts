// Runs in a process with few descriptors, and prints as JSON what a file source does when none are left.
import { closeSync, openSync } from 'node:fs'
import { openBelow } from '@rangekit/test-kit/processes'
import { fileSource } from '../../src/file-source.ts'

const [, , root = '.'] = process.argv
const descriptors = () => openBelow(process.pid, root).length
const source = fileSource(root, { digests: true, maxOpenFiles: 4 })
const outcome = async (key: string) => {
  try {
    const representation = await source.open(key)
    await representation?.close()
    return representation === undefined ? 'nothing' : 'opened'
  } catch (error) {
    return error instanceof Error ? error.name : 'no error'
  }
}

const seen: Record<string, string | number> = {}
seen['while there are enough'] = await outcome('a.txt')
const held: number[] = []
try {
  for (;;) held.push(openSync('/dev/null', 'r'))
} catch {
  // None are left.
}
// The idle file is closed for the next request.
seen['without any'] = await outcome('b.txt')
await new Promise((resolve) => setTimeout(resolve, 20))
seen['after the idle ones were closed'] = await outcome('c.txt')
for (const key of ['a.txt', 'b.txt', 'c.txt']) seen[`${key} with one left`] = await outcome(key)
for (const fd of held) closeSync(fd)
for (let turn = 0; turn < 1000 && descriptors() > 0; turn++)
  await new Promise((resolve) => setTimeout(resolve, 10))
seen['open in the end'] = descriptors()
seen['when there are enough again'] = await outcome('a.txt')
process.stdout.write(JSON.stringify(seen))
