import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { costOf, type Hashes, hashOfNobody } from './auth-file.ts'
import type { Credentials } from './credentials.ts'
import type { HashThread } from './hash/hash-thread.ts'

/** Who may log in. */
export interface Accounts {
  /** Changes when what was right may be wrong, and the other way round. */
  readonly version: number
  /** Whether there is such an account. Takes as long if there is no such user. */
  check(credentials: Credentials): Promise<boolean>
}

/** Accounts whose passwords are known, compared in constant time. */
export function plainAccounts(list: readonly Credentials[]): Accounts {
  const key = randomBytes(32)
  const digestOf = (password: string) => createHmac('sha256', key).update(password).digest()
  const digests = new Map(list.map(({ user, password }) => [user, digestOf(password)]))
  const nobody = randomBytes(32)
  return {
    version: 0,
    async check({ user, password }) {
      const isSame = timingSafeEqual(digestOf(password), digests.get(user) ?? nobody)
      return isSame && digests.has(user)
    },
  }
}

/** Accounts of which hashes are known, those of a file. */
export class HashedAccounts implements Accounts {
  readonly #thread: Pick<HashThread, 'compare'>
  #hashes: Hashes
  #cost: number
  version = 0

  constructor(hashes: Hashes, thread: Pick<HashThread, 'compare'>) {
    this.#thread = thread
    this.#hashes = hashes
    this.#cost = highestCost(hashes)
  }

  /** Replaces all of them. */
  replace(hashes: Hashes): void {
    this.#hashes = hashes
    this.#cost = highestCost(hashes)
    this.version++
  }

  async check({ user, password }: Credentials): Promise<boolean> {
    const hash = this.#hashes.get(user)
    const cost = this.#cost
    const isSame = await this.#thread.compare({ password, hash: hash ?? hashOfNobody(cost), cost })
    return isSame && hash !== undefined
  }
}

function highestCost(hashes: Hashes): number {
  return Math.max(...[...hashes.values()].map(costOf))
}

/** The accounts of two places. Both are asked, always, so that the time says nothing of which has the user. */
export function bothAccounts(one: Accounts, other: Accounts): Accounts {
  return {
    get version() {
      return one.version + other.version
    },
    async check(credentials) {
      const results = await Promise.all([one.check(credentials), other.check(credentials)])
      return results.includes(true)
    },
  }
}
