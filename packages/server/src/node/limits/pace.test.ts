import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { Pace, type PaceLimits, type Share } from './pace.ts'

/** Raise it to look further. */
const RUNS = 40
/** The burst, in milliseconds of a rate. */
const BURST = 200
const MIN_PIECE = 256
/** What kernels hold for a client, in milliseconds of its own speed. */
const BUFFER = 50

interface Client {
  /** The most that is sent to it in one piece. */
  readonly want: number
  /** How long it takes to read and write a piece, in milliseconds. */
  readonly latency: number
  /** How fast it reads, in bytes per millisecond. */
  readonly speed: number
  /** Which connection it is on. */
  readonly share: Share
}

interface Sent {
  readonly at: number
  readonly bytes: number
  readonly share: Share
}

/** Sends to clients that always want more, until `end`, and reports what was sent when. */
function send(clock: FakeClock, clients: readonly Client[], end: number): readonly Sent[] {
  const log: Sent[] = []
  for (const { want, latency, speed, share } of clients) {
    let read = 0
    const begin = () => {
      const granted = share.take(want, onGrant)
      if (typeof granted === 'number') onGrant(granted)
    }
    const onGrant = (bytes: number) => {
      log.push({ at: clock.now(), bytes, share })
      read = Math.max(read, clock.now()) + bytes / speed
      clock.after(Math.max(latency, read - BUFFER - clock.now()), begin)
    }
    begin()
  }
  clock.turnTo(end)
  return log
}

function sum(log: readonly Sent[], share?: Share): number {
  return log.reduce(
    (total, sent) => total + (share === undefined || sent.share === share ? sent.bytes : 0),
    0,
  )
}

/** The most by which what was sent in any window exceeds what a rate allows in it. */
function mostAhead(log: readonly Sent[], rate: number): number {
  let [debt, most, last] = [0, 0, 0]
  for (const { at, bytes } of log) {
    debt = Math.max(0, debt - ((at - last) * rate) / 1000) + bytes
    most = Math.max(most, debt)
    last = at
  }
  return most
}

const burstOf = (rate: number) => Math.max((rate * BURST) / 1000, MIN_PIECE) + 1

/** What each client gets of `total`, if nobody gets more than `wishes` and the least is as large as it can be. */
function maxMinFair(total: number, wishes: readonly number[]): readonly number[] {
  let left = total
  const given = new Map<number, number>()
  const order = wishes.map((wish, index) => ({ wish, index })).sort((a, b) => a.wish - b.wish)
  for (const [position, { wish, index }] of order.entries()) {
    const part = Math.min(wish, left / (order.length - position))
    given.set(index, part)
    left -= part
  }
  return wishes.map((_, index) => given.get(index) ?? 0)
}

const rates = fc.integer({ min: 1000, max: 200_000_000 })
const clientsOf = (max: number) =>
  fc.array(
    fc.record({
      want: fc.constantFrom(1024, 32 * 1024, 64 * 1024, 512 * 1024),
      latency: fc.double({ min: 0.01, max: 3, noNaN: true }),
      speed: fc.double({ min: 0.1, max: 1_000_000, noNaN: true }),
      connection: fc.nat(max - 1),
    }),
    { minLength: 1, maxLength: max },
  )
const lateness = fc.infiniteStream(fc.double({ min: 0, max: 10, noNaN: true }))

describe('a pace', () => {
  it('never exceeds a rate over any time by more than a fifth of a second of it', () => {
    fc.assert(
      fc.property(rates, rates, clientsOf(8), lateness, (rate, totalRate, wishes, late) => {
        const clock = new FakeClock(() => late.next().value)
        const pace = new Pace({ rate, totalRate }, clock)
        const shares = wishes.map(() => pace.share())
        const [first = pace.share()] = shares
        const clients = wishes.map((client) => ({ ...client, share: shares[client.connection] ?? first }))
        const log = send(clock, clients, 500)
        expect(mostAhead(log, totalRate)).toBeLessThanOrEqual(burstOf(totalRate))
        for (const share of shares) {
          const own = log.filter((sent) => sent.share === share)
          expect(mostAhead(own, rate)).toBeLessThanOrEqual(burstOf(rate))
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('gives what slow clients leave to the others, equally', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100_000, max: 200_000_000 }),
        fc.option(fc.double({ min: 0.05, max: 2, noNaN: true })),
        fc.array(
          fc.record({
            speed: fc.double({ min: 0.02, max: 4, noNaN: true }),
            latency: fc.double({ min: 0.01, max: 0.3, noNaN: true }),
          }),
          {
            minLength: 1,
            maxLength: 12,
          },
        ),
        lateness,
        (totalRate, relative, wishes, late) => {
          const clock = new FakeClock(() => late.next().value / 5)
          const rate = relative === null ? undefined : totalRate * relative
          const pace = new Pace({ rate, totalRate }, clock)
          const clients = wishes.map(({ speed, latency }) => ({
            want: 512 * 1024,
            latency,
            speed: (speed * totalRate) / 1000,
            share: pace.share(),
          }))
          const time = 10_000
          const log = send(clock, clients, time)
          const got = clients.map(({ share }) => sum(log, share) / ((totalRate * time) / 1000))
          const fair = maxMinFair(
            1,
            wishes.map(({ speed }) => Math.min(speed, relative ?? 1)),
          )
          for (const [index, part] of got.entries()) {
            expect(part).toBeGreaterThan(0.95 * (fair[index] ?? 0) - 0.005)
            expect(part).toBeLessThan(1.05 * (fair[index] ?? 0) + 0.005)
          }
        },
      ),
      { numRuns: RUNS },
    )
  })

  it('lets the bodies of one connection take turns', () => {
    const clock = new FakeClock()
    const pace = new Pace({ totalRate: 1_000_000 }, clock)
    const [two, one] = [pace.share(), pace.share()]
    const log: string[] = []
    const ask = (share: Share, name: string) => {
      const granted = share.take(1000, () => {
        log.push(name)
        ask(share, name)
      })
      if (typeof granted === 'number') ask(share, name)
    }
    for (const name of ['first of two', 'second of two']) ask(two, name)
    ask(one, 'only one')
    clock.turnTo(1000)
    const count = (name: string) => log.filter((each) => each === name).length
    expect(count('only one')).toBeGreaterThan(450)
    expect(Math.abs(count('only one') - 2 * count('first of two'))).toBeLessThan(5)
    expect(Math.abs(count('first of two') - count('second of two'))).toBeLessThan(5)
  })

  it('gives the turn of one who gives up to the next', () => {
    const clock = new FakeClock()
    const share = new Pace({ rate: 1000, totalRate: 1000 }, clock).share()
    const granted: string[] = []
    expect(share.take(1000, () => {})).toBe(256)
    const waits = ['first', 'second', 'third'].map((name) => share.take(256, () => granted.push(name)))
    for (const giveUp of waits.slice(0, 2)) if (typeof giveUp === 'function') giveUp()
    clock.turnTo(256)
    expect(granted).toEqual(['third'])
    expect(clock.alarms).toBe(0)
  })

  it('gives what was granted and not needed to others', () => {
    const share = new Pace({ rate: 1000, totalRate: 2000 }, new FakeClock()).share()
    expect(share.take(200, () => {})).toBe(200)
    expect(share.take(100, () => {})).toBeTypeOf('function')
    const other = new Pace({ rate: 1000, totalRate: 2000 }, new FakeClock()).share()
    expect(other.take(200, () => {})).toBe(200)
    other.giveBack(100)
    expect(other.take(100, () => {})).toBe(100)
  })

  it('sends a slow body in small pieces, and a fast one in large ones', () => {
    const pieceOf = (limits: PaceLimits) =>
      new Pace(limits, new FakeClock()).share().take(512 * 1024, () => {})
    expect(pieceOf({ rate: 1000 })).toBe(MIN_PIECE)
    expect(pieceOf({ rate: 100_000 })).toBe(4000)
    expect(pieceOf({ rate: 100_000_000 })).toBe(512 * 1024)
    expect(pieceOf({ rate: 100_000_000, totalRate: 1_000_000 })).toBe(40_000)
  })
})
