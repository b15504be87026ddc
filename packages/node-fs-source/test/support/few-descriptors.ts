/**
 * Run in a process of its own with few descriptors: what a file source does when there are none left. Prints JSON.
 */
import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs'
import { fileSource } from '../../src/file-source.ts'

const [, , root = '.'] = process.argv
const descriptors = () =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(root)
    } catch {
      return false
    }
  }).length
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
// The idle file is given up for the next request.
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
