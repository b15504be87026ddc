// Keeps and reads blocks of a folder as fast as it can, checks every byte, and is killed meanwhile.
// Prints a line when the folder is open, one for each block that was kept, and one for each fault.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { diskBlocks } from '../../src/disk.ts'
import { blockId, isKept, keep } from './blocks.ts'
import { bytesIn, filesIn, TRAILER } from './disk-files.ts'

const [, , dir = '', maxBytes = ''] = process.argv
const report = (text: string) => process.stdout.write(`${text}\n`)

const store = await diskBlocks({
  dir,
  maxBytes: Number(maxBytes),
  onFault: (error) => report(`fault: ${error}`),
})
// What the one before has left: whole files only, and not too many.
const files = filesIn(dir)
for (const { path, length } of files) {
  if (length !== Number(/-(\d+)$/.exec(path)?.[1]) + TRAILER) report(`length: ${path} has ${length} bytes`)
}
if (bytesIn(dir) > Number(maxBytes) || bytesIn(dir) !== store.size)
  report(`bound: ${bytesIn(dir)}, ${store.size}`)

const ids = Array.from({ length: 60 }, (_, index) => blockId(index, 1000 + ((index * 40_009) % 200_000)))
let kept = 0
for (const id of ids) if (await isKept(store, id)) kept++
report(`open: ${kept} of ${files.length} blocks`)

async function read(seed: number): Promise<void> {
  for (let state = seed; ; ) {
    state = (state * 48_271) % 2_147_483_647
    const id = ids[state % ids.length] ?? blockId(0)
    if (!(await isKept(store, id))) void keep(store, id).then(() => report('kept'))
    // Blocks in memory and fast reads need no turn of the event loop, but writing does.
    await nextTurn()
  }
}
await Promise.all([1, 2, 3, 4].map(read)).catch((error) => report(`wrong: ${error}`))
