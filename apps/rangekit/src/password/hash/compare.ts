import { compareSync } from 'bcryptjs'
import { costOf, hashOfNobody } from '../auth-file.ts'

/**
 * Whether a password has a hash. Takes as long as one comparison of `cost` does, whatever the cost of the hash is: each
 * step doubles the time, so the steps from one cost to a higher one take as long as what is missing.
 *
 * @param compare does one comparison. Default: that of bcrypt.
 */
export function compareWithCost(
  password: string,
  hash: string,
  cost: number,
  compare: (password: string, hash: string) => boolean = compareSync,
): boolean {
  const isSame = compare(password, hash)
  for (let step = costOf(hash); step < cost; step++) compare(password, hashOfNobody(step))
  return isSame
}
