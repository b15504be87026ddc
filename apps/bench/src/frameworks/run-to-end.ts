import type { SpawnOptions } from 'node:child_process'
import { run } from '@rangekit/test-kit/processes'

/** Runs a command. Throws with the end of its output if it fails. */
export async function runToEnd(file: string, args: readonly string[], options: SpawnOptions): Promise<void> {
  const { code, stdout, stderr } = await run(file, args, options)
  if (code === 0) return
  const output = `${stdout}\n${stderr}`.slice(-4000)
  throw new Error(`${[file, ...args].join(' ')} in ${options.cwd} ended with ${code}:\n${output}`)
}
