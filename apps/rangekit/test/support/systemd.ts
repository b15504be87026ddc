import { execFileSync } from 'node:child_process'
import { words } from '@rangekit/test-kit/words'
import { documented } from './documented.ts'

/** A unit of docs/deploying.md. */
export class Unit {
  readonly text: string

  constructor(name: string, replaced: Readonly<Record<string, string>> = {}) {
    this.text = documented(`/etc/systemd/system/${name}`, replaced)
  }

  /** The values of a setting, one for each line that has it. */
  settings(name: string): string[] {
    return [...this.text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value)
  }
}

/**
 * What is wrong with a command's system calls for a unit's `SystemCallFilter`.
 *
 * @param trace what `strace -f` has written of it.
 * @returns the calls that the filter refuses.
 */
export function refusedCalls(unit: Unit, trace: string): string[] {
  const made = new Set([...trace.matchAll(/^\d+ +(\w+)\(/gm)].map(([, call = '']) => call))
  const [allowed, denied] = [new Set<string>(), new Set<string>()]
  for (const filter of unit.settings('SystemCallFilter')) {
    const into = filter.startsWith('~') ? denied : allowed
    for (const name of words(filter.replace('~', ''))) for (const call of callsOf(name)) into.add(call)
  }
  return [...made].filter((call) => denied.has(call) || !allowed.has(call))
}

/** The calls of a set such as `@system-service`, those of the sets within it included. */
function callsOf(name: string): string[] {
  if (!name.startsWith('@')) return [name]
  const listed = execFileSync('systemd-analyze', ['syscall-filter', name], { encoding: 'utf8' })
  return words(listed.replaceAll(/^\s*#.*$/gm, '').replace(name, '')).flatMap(callsOf)
}
