import { compareSync, hashSync } from 'bcryptjs'
import { describe, expect, it } from 'vitest'
import { bothAccounts, HashedAccounts, plainAccounts } from './accounts.ts'
import { costOf, type Hashes } from './auth-file.ts'
import { compareWithCost } from './hash/compare.ts'

const hashes = (...list: readonly (readonly [user: string, password: string, cost: number])[]): Hashes =>
  new Map(list.map(([user, password, cost]) => [user, hashSync(password, cost)]))
const thread = {
  compare: async ({ password, hash, cost }: Record<'password' | 'hash', string> & { cost: number }) =>
    compareWithCost(password, hash, cost),
}
/** Notes the costs of comparisons. */
function noted() {
  const costs: number[] = []
  const compare: typeof thread.compare = async (comparison) => {
    costs.push(comparison.cost)
    return thread.compare(comparison)
  }
  return { costs, compare }
}

describe('accounts', () => {
  const kinds = [
    [
      'with passwords',
      plainAccounts([
        { user: 'a', password: '1' },
        { user: 'b', password: '2' },
      ]),
    ],
    ['with hashes', new HashedAccounts(hashes(['a', '1', 4], ['b', '2', 5]), thread)],
    [
      'of two places',
      bothAccounts(
        plainAccounts([{ user: 'a', password: '1' }]),
        new HashedAccounts(hashes(['b', '2', 4]), thread),
      ),
    ],
  ] as const

  it.each(kinds)('%s let in those with their own password alone', async (_, accounts) => {
    const right = [
      ['a', '1'],
      ['b', '2'],
    ]
    for (const user of ['a', 'b', 'A', 'c', '__proto__']) {
      for (const password of ['1', '2', '12', '3']) {
        const isRight = right.some(([name, secret]) => name === user && secret === password)
        expect([user, password, await accounts.check({ user, password })]).toEqual([user, password, isRight])
      }
    }
  })

  it('cost the same for every user, known or not, whatever their own hash costs', async () => {
    const { costs, compare } = noted()
    const accounts = new HashedAccounts(hashes(['a', '1', 4], ['b', '2', 6]), { compare })
    for (const user of ['a', 'b', 'c']) await accounts.check({ user, password: '1' })
    expect(costs).toEqual([6, 6, 6])
  })

  it('change their version when they are replaced', async () => {
    const hashed = new HashedAccounts(hashes(['a', '1', 4]), thread)
    const accounts = bothAccounts(plainAccounts([{ user: 'b', password: '1' }]), hashed)
    const { version } = accounts
    hashed.replace(hashes(['a', '2', 4]))
    expect(accounts.version).not.toBe(version)
    expect(await accounts.check({ user: 'a', password: '1' })).toBe(false)
    expect(await accounts.check({ user: 'a', password: '2' })).toBe(true)
  })
})

describe('a comparison with a hash', () => {
  it.each([
    [4, [4]],
    [5, [4, 4]],
    [7, [4, 4, 5, 6]],
  ])('of cost 4 does the work of one of cost %i', (cost, done) => {
    const hash = hashSync('right', 4)
    for (const password of ['right', 'wrong']) {
      const costs: number[] = []
      const isSame = compareWithCost(password, hash, cost, (text, against) => {
        costs.push(costOf(against))
        return compareSync(text, against)
      })
      expect([isSame, costs]).toEqual([password === 'right', done])
    }
    // Each step doubles the work.
    const work = done.reduce((sum, each) => sum + 2 ** each, 0)
    expect(work).toBe(2 ** cost)
  })
})
