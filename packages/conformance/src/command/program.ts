import { Command, InvalidArgumentError } from 'commander'

/** The command, without what it does. Options of a sub-command are its own where both have one of the same name. */
export function newProgram(): Command {
  return new Command('rangekit-conformance').enablePositionalOptions().exitOverride(({ exitCode }) => {
    process.exit(exitCode === 0 ? 0 : 2)
  })
}

/** Runs what may fail: its message on stderr, and 2 as exit code. */
export async function orFail(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    process.stderr.write(`rangekit-conformance: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 2
  }
}

/** Reads an option that is a whole number. */
export function wholeNumber(what: string, least: number, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text)
    if (text !== '' && Number.isInteger(value) && value >= least && value <= most) return value
    const limits = most === Number.MAX_SAFE_INTEGER ? `from ${least} up` : `from ${least} to ${most}`
    throw new InvalidArgumentError(`Expected a whole number ${what}${limits}.`)
  }
}
