import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { CommandLine } from '@rangekit/test-kit/runtimes'

/** How a server is started. */
export interface Launch {
  readonly command: CommandLine
  /** Added to the environment of this process. Default: nothing. */
  readonly env?: Readonly<Record<string, string>>
}

/** Where a server runs. */
export interface Place {
  /** The folder of files to serve. */
  readonly root: string
  /** The port to listen on, at 127.0.0.1. */
  readonly port: number
  /** A temporary folder for what the server writes. */
  readonly scratch: string
  /** Writes a file to the temporary folder and returns its path. */
  readonly write: (name: string, text: string) => string
}

/** A kind of server: how it is started, and how a report describes it. */
export interface PeerKind {
  readonly title: string
  /** Its configuration in one line. */
  readonly setup: string
  /** Throws where the server is not installed. */
  readonly version: () => string
  readonly launch: (place: Place) => Launch
  /** Path of the folder of files in URLs. Default: `/`. */
  readonly base?: string
}

/** The first version number that a command prints; `unknown` without one. Throws where the command fails. */
export function printedVersion(command: string, flag: string): string {
  // nginx prints its version to stderr.
  const output = execFileSync('/bin/sh', ['-c', `${command} ${flag} 2>&1`], { encoding: 'utf8' })
  return /\d+(\.\d+)+/.exec(output)?.[0] ?? 'unknown'
}

/** The version of an installed package, whether it exports its package.json or not; `unknown` without the package. */
export function packageVersion(name: string): string {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? []
  for (const path of paths) {
    try {
      const manifest: { version: string } = JSON.parse(readFileSync(join(path, name, 'package.json'), 'utf8'))
      return manifest.version
    } catch {
      // Not in this node_modules: try that of the next folder up.
    }
  }
  return 'unknown'
}
