// A kind of server: how it is started, and what it is in words.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export interface Launch {
  readonly command: string
  readonly arguments: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Where a peer finds its files, where it listens, and a folder for its own. */
export interface Place {
  readonly root: string
  readonly port: number
  readonly scratch: string
  /** Writes a file of the scratch folder; gives its path. */
  readonly write: (name: string, text: string) => string
}

export interface PeerKind {
  /** What people call it. */
  readonly title: string
  /** How it is set up, in one line for a report. */
  readonly setup: string
  readonly version: () => string
  readonly launch: (place: Place) => Launch
  /** Path of the folder of files in URLs. Default `/`. */
  readonly base?: string
}

/** First version number in what a command prints. */
export function printed(command: string, flag: string): string {
  // nginx tells its version on stderr.
  const output = execFileSync('/bin/sh', ['-c', `${command} ${flag} 2>&1`], { encoding: 'utf8' })
  return /\d+(\.\d+)+/.exec(output)?.[0] ?? 'unknown'
}

/** Version of an installed package, whether or not it exports its package.json. */
export function installed(name: string): string {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? []
  for (const path of paths) {
    try {
      const manifest: { version: string } = JSON.parse(readFileSync(join(path, name, 'package.json'), 'utf8'))
      return manifest.version
    } catch {
      // Not in this node_modules: look in the next one up.
    }
  }
  return 'unknown'
}
