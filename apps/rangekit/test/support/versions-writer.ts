import {
  appendFileSync,
  existsSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { versionOf } from './version-bytes.ts'

/** One step of a writer. */
export type Step =
  /** Appends up to a position, in pieces with a pause of a millisecond or so between them. */
  | { readonly kind: 'grow'; readonly version: number; readonly to: number; readonly piece: number }
  | { readonly kind: 'pause'; readonly ms: number }
  /** Cuts the file. */
  | { readonly kind: 'truncate'; readonly to: number }
  /** Begins a new file in its place. */
  | { readonly kind: 'replace' }
  | { readonly kind: 'remove' }
  /** Gives the file another name: the final one, or one that is served under no other. */
  | { readonly kind: 'rename'; readonly to: string }

/** Writes to `PATH.part` as a plan says. */
export async function writeVersions(path: string, steps: readonly Step[]): Promise<void> {
  const part = `${path}.part`
  for (const step of steps) {
    switch (step.kind) {
      case 'grow':
        await grow(part, step)
        break
      case 'pause':
        await sleep(step.ms)
        break
      case 'truncate':
        truncateSync(part, step.to)
        break
      case 'replace':
        writeFileSync(`${path}.new`, '')
        renameSync(`${path}.new`, part)
        break
      case 'remove':
        rmSync(part)
        break
      case 'rename':
        renameSync(part, `${path}${step.to}`)
        break
      default:
        step satisfies never
    }
  }
}

async function grow(part: string, { version, to, piece }: Extract<Step, { kind: 'grow' }>): Promise<void> {
  const bytes = versionOf(version, to)
  for (let at = existsSync(part) ? statSync(part).size : 0; at < to; ) {
    const end = Math.min(at + piece, to)
    appendFileSync(part, bytes.subarray(at, end))
    at = end
    await sleep(1)
  }
}
