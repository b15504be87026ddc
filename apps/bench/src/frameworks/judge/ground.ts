import { readdirSync } from 'node:fs'
import type { TestFolder } from '@rangekit/test-kit/folder'
import { openBelow } from '@rangekit/test-kit/processes'

/** A server to be judged, and the folder that it serves. */
export interface Ground {
  /** URL of the folder of files, with a slash at the end. */
  readonly url: string
  readonly media: TestFolder
  /** Where the server has files open while it sends them. Default: the folder that it serves. */
  readonly opensBelow?: string
  /** The processes of the server that are alive. */
  processes(): readonly number[]
}

/** One behaviour that is wrong. */
export interface Finding {
  /** Names the behaviour; the same text in every run. */
  readonly what: string
  /** What was seen. */
  readonly detail: string
}

/** Connection details for raw requests to a file of the ground. */
export function targetOf({ url }: Ground, name: string): { host: string; port: number; path: string } {
  const { hostname, port, pathname } = new URL(name, url)
  return { host: hostname, port: Number(port), path: pathname }
}

/** The files of the ground that the server has open. */
export function openFiles({ media, opensBelow = media.path, processes }: Ground): readonly string[] {
  return processes().flatMap((pid) => (isAlive(pid) ? openBelow(pid, opensBelow) : []))
}

function isAlive(pid: number): boolean {
  try {
    readdirSync(`/proc/${pid}/fd`)
    return true
  } catch {
    return false
  }
}
