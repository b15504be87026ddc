import { randomUUID } from 'node:crypto'
import { chmodSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { errorCode } from '@rangekit/node-fs-source/read'
import { makeFolder } from './make-folder.ts'

/**
 * The folder for what the command keeps between starts: that of systemd (`StateDirectory=`), `rangekit` in
 * `XDG_STATE_HOME` or `LOCALAPPDATA`, else `~/.local/state/rangekit`.
 */
export function stateFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const [service = ''] = (env['STATE_DIRECTORY'] ?? '').split(':')
  if (isAbsolute(service)) return service
  const local = platform === 'win32' ? env['LOCALAPPDATA'] : env['XDG_STATE_HOME']
  // A relative path is to be ignored (XDG Base Directory Specification).
  const base = local !== undefined && isAbsolute(local) ? local : join(homedir(), '.local', 'state')
  return join(base, 'rangekit')
}

/** What a file of the state folder holds; `undefined` if there is none, or it cannot be read. */
export function readState(name: string, folder = stateFolder()): string | undefined {
  try {
    return readFileSync(join(folder, name), 'utf8')
  } catch {
    return undefined
  }
}

/**
 * What a file of the state folder holds. If there is none, it is made, for this user alone; of several processes that
 * make it at the same time, all get the text of one.
 *
 * @returns `undefined` where it can be neither read nor made.
 */
export function keepState(name: string, make: () => string, folder = stateFolder()): string | undefined {
  const file = join(folder, name)
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') return undefined
  }
  try {
    // Unlike a rename, a link leaves a file alone that another process has made meanwhile.
    put(name, make(), folder, linkSync)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') return undefined
  }
  return readFileSync(file, 'utf8')
}

/** Replaces a file of the state folder, for this user alone. Returns whether that was possible. */
export function replaceState(name: string, text: string, folder = stateFolder()): boolean {
  try {
    put(name, text, folder, renameSync)
    return true
  } catch {
    return false
  }
}

/** Writes a file as a whole: `place` gives the temporary one its name. */
function put(name: string, text: string, folder: string, place: (from: string, to: string) => void): void {
  const temporary = join(folder, `${name}.${randomUUID()}`)
  try {
    makeFolder(folder, 0o700)
    chmodSync(folder, 0o700)
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' })
    place(temporary, join(folder, name))
  } finally {
    rmSync(temporary, { force: true })
  }
}
