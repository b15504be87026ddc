import { readFileSync, statSync } from 'node:fs'
import { isWorker } from '../command/workers.ts'
import type { Problem } from '../place/place.ts'
import { type Accounts, bothAccounts, HashedAccounts, plainAccounts } from './accounts.ts'
import { type Hashes, parseAuthFile } from './auth-file.ts'
import { splitCredentials } from './credentials.ts'
import { HashThread } from './hash/hash-thread.ts'

/** Milliseconds between looks at the file. */
const INTERVAL = 1000

/** Where accounts come from; at least one of both. */
export interface AccountPlaces {
  /** `USER:PASSWORD` each. */
  readonly auth?: readonly string[] | undefined
  readonly authFile?: string | undefined
}

/**
 * The accounts of the command line and of a file. The file is read again when it changes; if something is wrong with it
 * then, the accounts stay as they are and stderr says so.
 */
export function openAccounts({ auth, authFile }: AccountPlaces): Accounts | Problem {
  const plain = auth && plainAccounts(auth.map(splitCredentials))
  if (authFile === undefined) return plain ?? { problem: 'there are no accounts' }
  const hashes = readHashes(authFile)
  if ('problem' in hashes) return hashes
  const hashed = new HashedAccounts(hashes, new HashThread())
  watch(authFile, (changed) => {
    if (!('problem' in changed)) hashed.replace(changed)
    // The primary process prints for its workers.
    else if (!isWorker) console.error(`rangekit: ${changed.problem}; the accounts stay as they were`)
  })
  return plain === undefined ? hashed : bothAccounts(plain, hashed)
}

function readHashes(file: string): Hashes | Problem {
  try {
    const hashes = parseAuthFile(readFileSync(file, 'utf8'))
    return 'problem' in hashes
      ? { problem: `the password file ${file} cannot be used: ${hashes.problem}` }
      : hashes
  } catch {
    return { problem: `the password file ${file} cannot be read` }
  }
}

/** Polls: that sees an editor's rename, a changed link, and folders of containers as well. */
function watch(file: string, onChange: (hashes: Hashes | Problem) => void): void {
  let last = versionOf(file)
  setInterval(() => {
    const version = versionOf(file)
    if (version === last) return
    last = version
    onChange(readHashes(file))
  }, INTERVAL).unref()
}

function versionOf(file: string): string {
  const { ino, size, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? {}
  return [ino, size, mtimeMs].join()
}
