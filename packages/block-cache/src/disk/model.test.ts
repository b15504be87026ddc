import fc from 'fast-check'
import { expect, it } from 'vitest'
import { blockId, isKept, keep } from '../../test/support/blocks.ts'
import { openBlocks, testFolder } from '../../test/support/disk.ts'
import { bytesIn, filesIn, TRAILER } from '../../test/support/disk-files.ts'

/** How many sequences of operations are tried. */
const SEQUENCES = 40

const index = fc.integer({ min: 0, max: 9 })
const operation = fc.oneof(
  fc.record({ kind: fc.constantFrom('put', 'put', 'take', 'hold', 'release'), index }),
  fc.record({ kind: fc.constant('restart'), index, maxBytes: fc.integer({ min: 0, max: 400 }) }),
)
const idOf = (number: number) => blockId(number, 20 + number * 7)

/** What should be on disk: the lengths of files by the number of their block, the one used longest ago first. */
class Model {
  readonly kept = new Map<number, number>()
  readonly held = new Set<number>()
  maxBytes = 400

  get size(): number {
    return [...this.kept.values()].reduce((sum, length) => sum + length, 0)
  }

  put(number: number): void {
    const length = idOf(number).length + TRAILER
    if (this.kept.has(number) || length > this.maxBytes) return
    if (this.evict(length)) this.kept.set(number, length)
  }

  use(number: number): boolean {
    const length = this.kept.get(number)
    if (length === undefined) return false
    this.kept.delete(number)
    this.kept.set(number, length)
    return true
  }

  evict(room: number): boolean {
    for (const number of [...this.kept.keys()].filter((other) => !this.held.has(other))) {
      if (this.size + room <= this.maxBytes) break
      this.kept.delete(number)
    }
    return this.size + room <= this.maxBytes
  }
}

it('whatever is done, the blocks on disk are those of a plain list in the order of use', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 60 }), async (operations) => {
      const { path: dir } = testFolder()
      const model = new Model()
      let store = await openBlocks({ dir, maxBytes: model.maxBytes, maxOpenFiles: 2 })
      const held = new Map<number, { release(): void }>()
      const release = (number: number) => {
        held.get(number)?.release()
        held.delete(number)
        model.held.delete(number)
      }
      for (const { kind, index: number, ...more } of operations) {
        const id = idOf(number)
        if (kind === 'put') {
          await keep(store, id)
          model.put(number)
        } else if (kind === 'take') {
          expect(await isKept(store, id)).toBe(model.use(number))
        } else if (kind === 'hold' && !held.has(number)) {
          const block = await store.take(id)
          expect(block !== undefined).toBe(model.use(number))
          if (block !== undefined) {
            held.set(number, block)
            model.held.add(number)
          }
        } else if (kind === 'release') {
          release(number)
        } else if ('maxBytes' in more) {
          for (const other of [...held.keys()]) release(other)
          await store.close()
          model.maxBytes = more.maxBytes
          model.evict(0)
          store = await openBlocks({ dir, maxBytes: more.maxBytes, maxOpenFiles: 2 })
        }
        const onDisk = filesIn(dir).map(({ path }) => Number(/-(\d+)-\d+$/.exec(path)?.[1]))
        expect(onDisk.toSorted()).toEqual([...model.kept.keys()].toSorted())
        expect([store.size, bytesIn(dir)]).toEqual([model.size, model.size])
      }
      for (const other of [...held.keys()]) release(other)
      await store.close()
    }),
    { numRuns: SEQUENCES },
  )
})
