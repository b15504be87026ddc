import { expect, it } from 'vitest'
import { andThen } from './maybe-promise.ts'

it('goes on at once from a value that is there', () => {
  expect(andThen(1, (value) => value + 1)).toBe(2)
})

it('goes on later from one that is on its way', async () => {
  const next = andThen(Promise.resolve(1), (value) => value + 1)
  expect(next).toBeInstanceOf(Promise)
  expect(await next).toBe(2)
})

it('passes a failure on without going on', async () => {
  const next = andThen(Promise.reject(new Error('worn out')), () => 'never')
  await expect(next).rejects.toThrow('worn out')
})
