import { SourceBusyError } from '@rangekit/range-core'
import { expect, it } from 'vitest'
import { Queue } from './queue.ts'

/** Tasks that end when they are told to. */
function makeTasks(queue: Queue) {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  return {
    begun,
    end: (name: string) => ends.get(name)?.(),
    run: (name: string, signal?: AbortSignal) =>
      queue.run(async () => {
        begun.push(name)
        await new Promise<void>((resolve) => ends.set(name, resolve))
        return name
      }, signal),
  }
}

it('runs so many tasks at a time, in order', async () => {
  const tasks = makeTasks(new Queue(2, 10))
  const all = ['a', 'b', 'c', 'd'].map((name) => tasks.run(name))
  expect(tasks.begun).toEqual(['a', 'b'])
  tasks.end('b')
  await all[1]
  await expect.poll(() => tasks.begun).toEqual(['a', 'b', 'c'])
  for (const name of ['a', 'c']) tasks.end(name)
  await Promise.all([all[0], all[2]])
  tasks.end('d')
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd'])
})

it('drops tasks whose client has left before their turn', async () => {
  const tasks = makeTasks(new Queue(1, 10))
  const client = new AbortController()
  const first = tasks.run('a')
  const second = tasks.run('b', client.signal)
  const third = tasks.run('c')
  client.abort()
  await expect(second).rejects.toThrow(/abort/i)
  await expect(tasks.run('d', client.signal)).rejects.toThrow(/abort/i)
  tasks.end('a')
  await first
  await expect.poll(() => tasks.begun).toEqual(['a', 'c'])
  tasks.end('c')
  await third
})

it('refuses tasks when too many wait, and goes on after a task that fails', async () => {
  const queue = new Queue(1, 1)
  const failing = queue.run(() => Promise.reject(new Error('task')))
  const waiting = queue.run(async () => 'waited')
  await expect(queue.run(async () => 'late')).rejects.toThrow(SourceBusyError)
  await expect(failing).rejects.toThrow('task')
  expect(await waiting).toBe('waited')
  expect(await queue.run(async () => 'next')).toBe('next')
})
