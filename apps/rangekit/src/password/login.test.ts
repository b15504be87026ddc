import { describe, expect, it } from 'vitest'
import type { Accounts } from './accounts.ts'
import { Backoff } from './backoff.ts'
import { Login } from './login.ts'

const basic = (text: string) => `Basic ${btoa(text)}`
const RIGHT = basic('alice:right')

/** A login whose checks are counted, and end when they are told to. */
function login({ isHeld = false } = {}) {
  let now = 1_000_000
  let underWay = 0
  const held: (() => void)[] = []
  const seen = { checks: 0, most: 0 }
  const accounts = {
    version: 0,
    async check({ user, password }) {
      seen.checks++
      seen.most = Math.max(seen.most, ++underWay)
      if (isHeld) await new Promise<void>((resolve) => held.push(resolve))
      underWay--
      return user === 'alice' && password === 'right'
    },
  } satisfies Accounts & { version: number }
  const made = new Login({ accounts, backoff: new Backoff(() => now) })
  return {
    seen,
    accounts,
    /** Lets the checks end, those that begin meanwhile too. */
    async release() {
      for (let turn = 0; turn < 100; turn++) {
        held.shift()?.()
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    pass: (seconds: number) => {
      now += seconds * 1000
    },
    knows: (authorization: string, address = '192.0.2.1') => made.knows(authorization, address),
    judge: (authorization: string, address = '192.0.2.1') => made.judge(authorization, address),
    kindOf: async (authorization: string, address = '192.0.2.1') =>
      (await made.judge(authorization, address)).kind,
  }
}

async function guess({ kindOf }: ReturnType<typeof login>, times: number, address?: string) {
  const kinds: string[] = []
  for (let time = 0; time < times; time++) kinds.push(await kindOf(basic(`alice:${time}`), address))
  return kinds
}

describe('a login', () => {
  it('checks right credentials once, and knows them at once then', async () => {
    const { seen, judge } = login()
    expect(await judge(RIGHT)).toEqual({ kind: 'right' })
    for (let time = 0; time < 10; time++) expect(judge(RIGHT)).toEqual({ kind: 'right' })
    expect(seen.checks).toBe(1)
  })

  it('counts a wrong password once that a program repeats', async () => {
    const { seen, kindOf } = login()
    for (let time = 0; time < 20; time++) expect(await kindOf(basic('alice:old'))).toBe('wrong')
    expect(seen.checks).toBe(1)
    expect(await kindOf(RIGHT)).toBe('right')
  })

  it('checks no credentials that no account can have', async () => {
    const { seen, kindOf } = login()
    for (const text of ['Bearer x', 'Basic', basic('alice'), basic(`alice:${'x'.repeat(73)}`)]) {
      expect(await kindOf(text)).toBe('wrong')
    }
    expect(seen.checks).toBe(0)
  })

  it('makes an address wait that guesses, and does not say what is right meanwhile', async () => {
    const made = login()
    expect(await made.kindOf(RIGHT)).toBe('right')
    expect(await guess(made, 6)).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'wait'])
    expect(await made.judge(RIGHT)).toEqual({ kind: 'wait', seconds: 1 })
    expect(made.seen.checks).toBe(6)
    made.pass(1)
    expect(await made.kindOf(RIGHT)).toBe('right')
    expect(await made.kindOf(basic('alice:another'))).toBe('wrong')
    expect(await made.judge(RIGHT)).toEqual({ kind: 'wait', seconds: 2 })
  })

  it('keeps no other address waiting', async () => {
    const made = login()
    await guess(made, 6)
    expect(await made.kindOf(RIGHT, '192.0.2.2')).toBe('right')
    await guess(made, 6, '2001:db8::1')
    expect(await made.kindOf(RIGHT, '2001:db8::2')).toBe('wait')
    expect(await made.kindOf(RIGHT, '2001:db8:0:1::1')).toBe('right')
  })

  it('does not take what is known of one address for another', async () => {
    const { seen, kindOf } = login()
    await kindOf(RIGHT)
    await kindOf(RIGHT, '192.0.2.2')
    expect(seen.checks).toBe(2)
  })

  it('forgets what it knows when the accounts change, also what was being checked', async () => {
    const { seen, accounts, judge, kindOf, release } = login({ isHeld: true })
    const first = judge(RIGHT)
    await release()
    expect(await first).toEqual({ kind: 'right' })
    accounts.version++
    const second = kindOf(RIGHT)
    await new Promise((resolve) => setImmediate(resolve))
    accounts.version++
    await release()
    expect(await second).toBe('right')
    const third = kindOf(RIGHT)
    await release()
    expect(await third).toBe('right')
    expect(seen.checks).toBe(3)
  })

  it('checks the same credentials once, however many requests bring them', async () => {
    const { seen, kindOf, release } = login({ isHeld: true })
    const kinds = Promise.all(Array.from({ length: 50 }, () => kindOf(RIGHT)))
    await release()
    expect(new Set(await kinds)).toEqual(new Set(['right']))
    expect(seen.checks).toBe(1)
  })

  it('checks those of one address one after the other, and refuses more than a few', async () => {
    const { seen, kindOf, release } = login({ isHeld: true })
    const kinds = Promise.all(Array.from({ length: 20 }, (_, index) => kindOf(basic(`alice:${index}`))))
    await release()
    const list = await kinds
    expect(list.filter((kind) => kind === 'busy')).toHaveLength(12)
    expect(list.filter((kind) => kind === 'wrong')).toHaveLength(5)
    expect(list.filter((kind) => kind === 'wait')).toHaveLength(3)
    expect(seen).toEqual({ checks: 5, most: 1 })
  })

  it('has a bound on the checks of all addresses together', async () => {
    const { seen, kindOf, release } = login({ isHeld: true })
    const kinds = Promise.all(
      Array.from({ length: 100 }, (_, index) => kindOf(basic('alice:1'), `192.0.2.${index}`)),
    )
    await release()
    expect((await kinds).filter((kind) => kind === 'busy')).toHaveLength(36)
    expect(seen.checks).toBe(64)
    const later = kindOf(RIGHT)
    await release()
    expect(await later).toBe('right')
  })
})

it('who has logged in is known, from the same address, until the accounts change', async () => {
  const { knows, kindOf, accounts } = login()
  expect(knows(RIGHT)).toBe(false)
  await kindOf(RIGHT)
  await kindOf(basic('alice:wrong'))
  expect([knows(RIGHT), knows(basic('alice:wrong')), knows(RIGHT, '192.0.2.2')]).toEqual([true, false, false])
  accounts.version++
  expect(knows(RIGHT)).toBe(false)
})
