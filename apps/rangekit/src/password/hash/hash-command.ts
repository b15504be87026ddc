import { Command, InvalidArgumentError } from 'commander'
import { COSTS } from '../auth-file.ts'
import { userProblem } from '../credentials.ts'
import type { HashFlags } from './run-hash.ts'

/** A quarter of a second on a desktop, and four times as long on a small computer; only once for each client. */
const COST = 12

/** The sub-command `rangekit hash`. */
export function hashCommand(): Command {
  return (
    new Command('hash')
      .description(
        'Prints a line for a password file: the user, and a hash of the password that it asks for, or reads from the standard input.',
      )
      .argument('<user>', 'the name of the user', user)
      .option(
        '--cost <number>',
        `how long a check takes: one more, twice as long; ${COSTS.min} to ${COSTS.max}`,
        cost,
        COST,
      )
      // Loaded on use: the server needs none of it.
      .action(async (name: string, flags: HashFlags) => (await import('./run-hash.ts')).runHash(name, flags))
  )
}

function user(text: string): string {
  const name = text.normalize('NFC')
  const problem = userProblem(name)
  if (problem !== undefined) throw new InvalidArgumentError(`Expected a user: ${problem}.`)
  return name
}

function cost(text: string): number {
  const number = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= COSTS.min && number <= COSTS.max)) {
    throw new InvalidArgumentError(`Expected a whole number from ${COSTS.min} to ${COSTS.max}.`)
  }
  return number
}
