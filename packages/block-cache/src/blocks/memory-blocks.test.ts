import { describe, expect, it } from 'vitest'
import type { CacheEvent } from '../events.ts'
import { Block, type Loading } from './block.ts'
import { MemoryBlocks } from './memory-blocks.ts'

const load: Loading = { first: 0, last: 0, join() {}, read() {}, leave() {} }

function start(limit: number) {
  const events: CacheEvent[] = []
  const forgotten: number[] = []
  const memory = new MemoryBlocks(limit, (event) => void events.push(event))
  const owner = { forget: ({ index }: Block) => void forgotten.push(index) }
  const add = (index: number, length: number) => {
    const block = new Block(owner, index, length, load)
    memory.add(block)
    return block
  }
  return { memory, add, forgotten, events }
}

describe('blocks in memory', () => {
  it('never exceed the bound: the one that was read longest ago is dropped', () => {
    const { memory, add, forgotten, events } = start(100)
    const first = add(0, 40)
    add(1, 40)
    memory.touch(first)
    add(2, 30)
    expect([forgotten, memory.size]).toEqual([[1], 70])
    expect(events).toEqual([{ kind: 'evict', bytes: 40, from: 'memory' }])
  })

  it('make room for those that arrive', () => {
    const { memory, add, forgotten } = start(100)
    add(0, 40)
    add(1, 40)
    memory.reserve(50)
    expect([forgotten, memory.size]).toEqual([[0], 90])
    memory.release(50)
    expect(memory.size).toBe(40)
  })

  it('do not take one that has no room beside those that arrive', () => {
    const { memory, add, forgotten } = start(100)
    memory.reserve(80)
    expect(add(0, 40).isKept).toBe(false)
    expect([forgotten, memory.size]).toEqual([[], 80])
  })

  it('are none where the bound is 0', () => {
    const { memory, add } = start(0)
    const block = add(0, 1)
    memory.touch(block)
    memory.reserve(10)
    memory.release(10)
    expect([block.isKept, memory.size]).toEqual([false, 0])
  })
})
