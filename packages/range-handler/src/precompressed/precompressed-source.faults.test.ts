import type { RangeSource } from '@rangekit/range-core'
import { SourceBusyError } from '@rangekit/range-core'
import { describe, expect, it } from 'vitest'
import { at, compressedShelf, type Stored } from '../../test/support/compressed-shelf.ts'
import { get, quietHandler } from '../../test/support/handlers.ts'
import { Shelf } from '../../test/support/shelf.ts'
import { rangeSourceChecks } from '../testing.ts'
import { precompressed } from './precompressed-source.ts'

const BROWSER = { 'Accept-Encoding': 'br, zstd' }

function fail(): never {
  throw new Error('as the test demands')
}

/** The two ways in which a source can fail. */
const FAILURES: readonly [string, () => never | Promise<never>][] = [
  ['throws', fail],
  ['rejects', async () => fail()],
]

describe.each(FAILURES)('a fault that %s', (_, failure) => {
  const stale = { lastModified: at(-10) }
  const [close, opens] = [failure, failure]

  it.each<[string, Readonly<Record<string, Stored>>, string[]]>([
    ['opening the original', { 'a.css': { opens } }, ['open a.css']],
    [
      'opening a sibling',
      { 'a.css': {}, 'a.css.br': { opens } },
      ['open a.css', 'open a.css.br', 'close a.css'],
    ],
    [
      'opening a sibling after one that was stale',
      { 'a.css': {}, 'a.css.br': stale, 'a.css.zst': { opens } },
      ['open a.css', 'open a.css.br', 'close a.css.br', 'open a.css.zst', 'close a.css'],
    ],
    [
      'closing a stale sibling',
      { 'a.css': {}, 'a.css.br': { ...stale, close } },
      ['open a.css', 'open a.css.br', 'close a.css.br', 'close a.css'],
    ],
    [
      'closing the original',
      { 'a.css': { close }, 'a.css.br': {} },
      ['open a.css', 'open a.css.br', 'close a.css', 'close a.css.br'],
    ],
    [
      'closing both',
      { 'a.css': { close }, 'a.css.br': { close } },
      ['open a.css', 'open a.css.br', 'close a.css', 'close a.css.br'],
    ],
  ])('in %s is a 500, and everything is closed once', async (_where, stored, log) => {
    const shelf = compressedShelf(stored)
    const { handler, faults } = quietHandler(precompressed(shelf.source))
    expect((await handler(get('/a.css', BROWSER))).status).toBe(500)
    expect(faults).toEqual([new Error('as the test demands')])
    expect(shelf.log).toEqual(log)
  })
})

it('closes the original once if the option `mayHave` throws', async () => {
  const shelf = compressedShelf({ 'a.css': {}, 'a.css.br': {} })
  const { handler, faults } = quietHandler(precompressed(shelf.source, { mayHave: fail }))
  expect((await handler(get('/a.css', BROWSER))).status).toBe(500)
  expect(faults).toHaveLength(1)
  expect(shelf.log).toEqual(['open a.css', 'close a.css'])
})

it('is busy if the source is too busy for a sibling', async () => {
  const opens = async () => {
    throw new SourceBusyError('too many open files')
  }
  const { handler } = quietHandler(
    precompressed(compressedShelf({ 'a.css': {}, 'a.css.br': { opens } }).source),
  )
  expect((await handler(get('/a.css', BROWSER))).status).toBe(503)
})

it.each([
  ['and the source heeds that', true],
  ['and the source does not', false],
])('closes everything once when the client leaves while a sibling is opened, %s', async (_, heeds) => {
  const over = Promise.withResolvers<void>()
  const opening = Promise.withResolvers<void>()
  const shelf = compressedShelf({ 'a.css': {}, 'a.css.br': {}, 'a.css.zst': {} })
  const source: RangeSource = {
    async open(key, options) {
      if (key === 'a.css.br') {
        opening.resolve()
        await new Promise((resolve) => options?.signal?.addEventListener('abort', resolve))
        if (heeds) throw options?.signal?.reason
      }
      return shelf.source.open(key, options)
    },
  }
  const { handler, faults } = quietHandler(precompressed(source))
  const responding = handler(get('/a.css', BROWSER), { completed: over.promise })
  await opening.promise
  over.resolve()
  expect((await responding).status).toBe(499)
  expect(faults).toEqual([])
  expect(shelf.log.toSorted()).toEqual(
    heeds ? ['close a.css', 'open a.css'] : ['close a.css', 'close a.css.br', 'open a.css', 'open a.css.br'],
  )
})

describe('the contract of a source', () => {
  /** Siblings that hold what was put: the checks know what to expect of their bytes. */
  class CompressedShelf extends Shelf {
    readonly accepted: string | undefined
    readonly around = precompressed({ open: (key) => this.open(key) })
    override readonly source: RangeSource = {
      open: (key, options) =>
        this.around.open(key, {
          get signal() {
            return options?.signal
          },
          acceptEncoding: this.accepted,
        }),
    }

    constructor(accepted: string | undefined) {
      super()
      this.accepted = accepted
    }

    override put(key: string, bytes: Uint8Array<ArrayBuffer>): void {
      super.put(key, bytes)
      if (this.accepted !== undefined) super.put(`${key}.gz`, bytes)
    }

    override remove(key: string): void {
      super.remove(key)
      super.remove(`${key}.gz`)
    }
  }

  for (const { name, run } of rangeSourceChecks(new CompressedShelf(undefined)))
    it(`holds without siblings: ${name}`, run)
  for (const { name, run } of rangeSourceChecks(new CompressedShelf('gzip, br')))
    it(`holds for a sibling: ${name}`, run)

  it('is checked for siblings, not for originals', async () => {
    const shelf = new CompressedShelf('gzip')
    shelf.put('contract/a.bin', new Uint8Array(10))
    const opened = await shelf.source.open('contract/a.bin')
    expect(opened?.fields).toEqual({ Vary: 'Accept-Encoding', 'Content-Encoding': 'gzip' })
    await opened?.close()
    expect(shelf.held).toBe(0)
  })
})
