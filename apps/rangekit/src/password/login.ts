import { createHmac, randomBytes } from 'node:crypto'
import { addressGroup } from '@rangekit/server'
import { LRUCache } from 'lru-cache'
import type { Accounts } from './accounts.ts'
import { Backoff } from './backoff.ts'
import { readBasic } from './credentials.ts'

/** What the credentials of a request are worth. `wait`: they were not looked at, for this many seconds from now. */
export type Verdict =
  | { readonly kind: 'right' | 'wrong' | 'busy' }
  | { readonly kind: 'wait'; readonly seconds: number }

/** Credentials whose verdict is kept, with the address that they came from. */
const MAX_KNOWN = 10_000
/** Checks that wait or are under way, in all and for one address. */
const MAX_CHECKS = 64
const MAX_CHECKS_PER_ADDRESS = 8

const RIGHT: Verdict = { kind: 'right' }
const WRONG: Verdict = { kind: 'wrong' }
const BUSY: Verdict = { kind: 'busy' }

export interface LoginOptions {
  readonly accounts: Accounts
  /** Default: one of its own. */
  readonly backoff?: Pick<Backoff, 'waitOf' | 'fail'>
}

/**
 * Judges the credentials of requests. What is right or wrong is known again by a keyed hash, for the address that it came
 * from: a password is hashed once, not for each request, and a wrong one that a program repeats counts once.
 *
 * An address that has to wait is not told whether a password is right, not even if it is known: it could try others as
 * fast as the server answers.
 */
export class Login {
  readonly #accounts: Accounts
  readonly #backoff: Pick<Backoff, 'waitOf' | 'fail'>
  readonly #key = randomBytes(32)
  readonly #known = new LRUCache<string, Verdict>({ max: MAX_KNOWN })
  /** The checks under way, by what they are about. */
  readonly #checks = new Map<string, Promise<Verdict>>()
  /** The last check of each address, and how many of it there are. */
  readonly #queues = new Map<string, { last: Promise<unknown>; length: number }>()
  #version: number

  constructor({ accounts, backoff = new Backoff() }: LoginOptions) {
    this.#accounts = accounts
    this.#backoff = backoff
    this.#version = accounts.version
  }

  /**
   * @param authorization the value of the field.
   * @param address of the client.
   */
  judge(authorization: string, address: string): Verdict | Promise<Verdict> {
    const group = addressGroup(address)
    const seconds = this.#backoff.waitOf(group)
    if (seconds > 0) return { kind: 'wait', seconds }
    if (this.#version !== this.#accounts.version) {
      this.#version = this.#accounts.version
      this.#known.clear()
    }
    const subject = this.#subjectOf(authorization, group)
    return this.#known.get(subject) ?? this.#checks.get(subject) ?? this.#queue(subject, authorization, group)
  }

  /** Whether credentials from this address were found to be right, without looking at others. */
  knows(authorization: string, address: string): boolean {
    if (this.#version !== this.#accounts.version) return false
    return this.#known.peek(this.#subjectOf(authorization, addressGroup(address))) === RIGHT
  }

  #subjectOf(authorization: string, group: string): string {
    return createHmac('sha256', this.#key).update(`${group}\n${authorization}`).digest('base64')
  }

  /** Checks of one address are made one after the other, so that those of others have their turn in between. */
  #queue(subject: string, authorization: string, group: string): Verdict | Promise<Verdict> {
    const queue = this.#queues.get(group) ?? { last: Promise.resolve(), length: 0 }
    if (this.#checks.size >= MAX_CHECKS || queue.length >= MAX_CHECKS_PER_ADDRESS) return BUSY
    const check = queue.last.then(() => this.#check(subject, authorization, group))
    queue.length++
    queue.last = check
      .catch(() => {})
      .then(() => {
        this.#checks.delete(subject)
        if (--queue.length === 0) this.#queues.delete(group)
      })
    this.#queues.set(group, queue)
    this.#checks.set(subject, check)
    return check
  }

  async #check(subject: string, authorization: string, group: string): Promise<Verdict> {
    const seconds = this.#backoff.waitOf(group)
    if (seconds > 0) return { kind: 'wait', seconds }
    const credentials = readBasic(authorization)
    // What no account can have is no guess.
    if (credentials === undefined) return WRONG
    const { version } = this.#accounts
    const verdict = (await this.#accounts.check(credentials)) ? RIGHT : WRONG
    if (verdict === WRONG) this.#backoff.fail(group)
    if (version === this.#accounts.version) this.#known.set(subject, verdict)
    return verdict
  }
}
