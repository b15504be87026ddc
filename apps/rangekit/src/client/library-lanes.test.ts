import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Lanes } from './library-lanes.ts'

/** Cards in a pool, and what was done for them. */
function setUp() {
  const lanes = new Lanes()
  const log: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const cards = new Map<string, Element>()
  const card = (name: string) => {
    // Nothing of an element is used but that it is the same.
    const made = cards.get(name) ?? (Object.create(null) as Element)
    cards.set(name, made)
    return made
  }
  const add = (name: string) =>
    lanes.add(card(name), (signal) => {
      log.push(`${name} begins`)
      signal.addEventListener('abort', () => log.push(`${name} is given up`))
      return new Promise((resolve, reject) => {
        ends.set(name, (error) => (error === undefined ? resolve() : reject(error)))
      })
    })
  const end = async (name: string, error?: Error) => {
    ends.get(name)?.(error)
    await nextTurn()
  }
  return { log, add, end, cancel: (name: string) => lanes.cancel(card(name)) }
}

it('does two pieces of work at a time, and the newest first', async () => {
  const { log, add, end } = setUp()
  for (const name of ['a', 'b', 'c', 'd']) add(name)
  expect(log).toEqual(['a begins', 'b begins'])
  await end('a')
  await end('b', new Error('failed'))
  expect(log).toEqual(['a begins', 'b begins', 'd begins', 'c begins'])
})

it('gives up what is out of view, whether it has begun or not', async () => {
  const { log, add, end, cancel } = setUp()
  for (const name of ['a', 'b', 'c', 'd']) add(name)
  cancel('d')
  cancel('a')
  expect(log).toEqual(['a begins', 'b begins', 'a is given up'])
  await end('a', new Error('given up'))
  await end('b')
  expect(log.slice(3)).toEqual(['c begins'])
})

it('does one piece of work for a card at a time, and the last one it was given', async () => {
  const { log, add, end, cancel } = setUp()
  add('a')
  cancel('a')
  add('a')
  add('a')
  expect(log).toEqual(['a begins', 'a is given up'])
  await end('a', new Error('given up'))
  expect(log.slice(2)).toEqual(['a begins'])
  await end('a')
  expect(log.slice(3)).toEqual([])
})
