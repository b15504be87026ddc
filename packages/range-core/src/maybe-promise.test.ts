import { expect, it } from 'vitest'
import { andThen } from './maybe-promise.ts'

it('calls next at once with a value', () => {
  expect(andThen(1, (value) => value + 1)).toBe(2)
})

it('calls next later with what a promise resolves to', async () => {
  const next = andThen(Promise.resolve(1), (value) => value + 1)
  expect(next).toBeInstanceOf(Promise)
  expect(await next).toBe(2)
})

it('passes a rejection on without calling next', async () => {
  const next = andThen(Promise.reject(new Error('read failed')), () => 'never')
  await expect(next).rejects.toThrow('read failed')
})
