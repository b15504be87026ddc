/** What the server and the thread that compares passwords say to each other. */

export interface Comparison {
  readonly id: number
  readonly password: string
  /** A hash of bcrypt. */
  readonly hash: string
  /** The cost that the comparison has, at least that of the hash. */
  readonly cost: number
}

export interface Compared {
  readonly id: number
  readonly isSame: boolean
}
