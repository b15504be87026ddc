import { start } from '@rangekit/test-kit/processes'
import { environment } from '@rangekit/test-kit/start-server'
import { findTool } from '@rangekit/test-kit/tools'
import { expect } from 'vitest'
import { commandLine } from './server.ts'

/** Runs a command on a terminal; `undefined` if it is missing. */
export const script = findTool('script', 'bsdutils')

/** Runs the command on a terminal, and waits until what it prints contains a text. */
export async function startOnTerminal(args: readonly string[], until: string) {
  const quoted = commandLine(...args).map((word) => `'${word}'`)
  const child = start(script ?? '', ['-qec', `exec ${quoted.join(' ')}`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: environment({ SHELL: '/bin/sh' }),
    detached: true,
  })
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  await expect.poll(() => output).toContain(until)
  return {
    lines: output.trimEnd().split('\r\n'),
    port: Number(/:(\d+)\//.exec(output)?.[1]),
    /** Everything printed so far. */
    output: () => output,
    press(key: string) {
      child.stdin?.write(key)
      return ended
    },
  }
}
