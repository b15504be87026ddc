import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { hash } from 'bcryptjs'
import { fail } from '../../command/problem.ts'
import { passwordProblem } from '../credentials.ts'

export interface HashFlags {
  readonly cost: number
}

/** Runs `rangekit hash`: prints `user:hash`. */
export async function runHash(user: string, { cost }: HashFlags): Promise<void> {
  const entered = process.stdin.isTTY ? await askTwice() : (await text(process.stdin)).replace(/\r?\n$/, '')
  if (entered === undefined) return fail('the passwords differ')
  const password = entered.normalize('NFC')
  const problem = passwordProblem(password)
  if (problem !== undefined) return fail(problem)
  console.log(`${user}:${await hash(password, cost)}`)
}

/** Asks on the terminal, without showing what is typed; `undefined` if it was typed in two ways. */
async function askTwice(): Promise<string | undefined> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
  // Ctrl-C and Ctrl-D; the terminal is as before then.
  lines.once('close', () => process.exit(130))
  const ask = async (question: string) => {
    // Not on stdout, which becomes part of a file.
    process.stderr.write(question)
    const answer = await lines.question('')
    process.stderr.write('\n')
    return answer
  }
  const password = await ask('Password: ')
  const isSame = (await ask('Again: ')) === password
  lines.removeAllListeners('close').close()
  return isSame ? password : undefined
}
