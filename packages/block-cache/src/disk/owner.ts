import { mkdir, readdir, readFile, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { clearInterval, setInterval } from 'node:timers'
import { errorCode } from '@rangekit/node-fs-source/read'

/** How often an owner touches its file, in milliseconds. */
const BEAT_MS = 5000
/** An owner of which nothing else can be known has died if its file is older, in milliseconds. */
const DEAD_MS = 30_000
/** The content of the file of an owner that has released the folder. */
const RELEASED = 'released'

/** Holds a folder until it is released, or the process dies. */
export interface Owner {
  release(): Promise<void>
}

/**
 * Makes this process the owner of a folder, unless another one is. The owner is named by the file `owner-N` with the
 * highest number. A number is never used again, so two processes that both find the last owner dead try to create the
 * same file, and one fails.
 *
 * @param onLost called if the folder was removed, or taken over by a process that believed this one dead.
 * @param beat milliseconds between two signs of life.
 * @returns `undefined` if a process that is alive owns it.
 * @throws the error of the system.
 */
export async function claim(
  folder: string,
  onLost: (error: unknown) => void,
  beat = BEAT_MS,
): Promise<Owner | undefined> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const before = await ownersOf(folder)
  if (await someAlive(folder, before)) return undefined
  const number = Math.max(0, ...before) + 1
  const file = fileOf(folder, number)
  try {
    await writeFile(file, await describeSelf(), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return undefined
    throw error
  }
  // If this process was slow, another one may have claimed a higher number and removed the lower ones in the meantime.
  const later = (await ownersOf(folder)).filter((other) => other > number)
  if (await someAlive(folder, later)) {
    await rm(file, { force: true })
    return undefined
  }
  await Promise.all(before.map((other) => rm(fileOf(folder, other), { force: true })))
  return keep(file, onLost, beat)
}

/** Whether a folder was ever claimed. */
export async function wasClaimed(folder: string): Promise<boolean> {
  return (await ownersOf(folder)).length > 0
}

function keep(file: string, onLost: (error: unknown) => void, beat: number): Owner {
  const timer = setInterval(() => {
    const now = new Date()
    utimes(file, now, now).catch(onLost)
  }, beat)
  timer.unref()
  return {
    async release() {
      clearInterval(timer)
      await writeFile(file, RELEASED, { flag: 'r+' }).catch(() => undefined)
    },
  }
}

function fileOf(folder: string, number: number): string {
  return join(folder, `owner-${number}`)
}

async function ownersOf(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names.flatMap((name) => {
    const [, number] = /^owner-(\d{1,15})$/.exec(name) ?? []
    return number === undefined ? [] : [Number(number)]
  })
}

async function someAlive(folder: string, numbers: readonly number[]): Promise<boolean> {
  const alive = await Promise.all(numbers.map((number) => isAlive(fileOf(folder, number))))
  return alive.includes(true)
}

/** Whether the process that a file names is alive, as far as can be known. */
async function isAlive(file: string): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)])
    if (text.startsWith(RELEASED)) return false
    const [place, pid = '', start] = text.split(' ')
    if (place === (await here())) return start === (await startOf(pid))
    if (place === hostname() && !isRunning(Number(pid))) return false
    return Date.now() - mtimeMs < DEAD_MS
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw error
  }
}

async function describeSelf(): Promise<string> {
  const pid = String(process.pid)
  return `${(await here()) ?? hostname()} ${pid} ${(await startOf(pid)) ?? '?'}`
}

/** Where numbers of processes mean what they mean here: this boot, this container. `undefined` where that is unknown. */
async function here(): Promise<string | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    return `${boot.trim()}/${await readlink('/proc/self/ns/pid')}`
  } catch {
    return undefined
  }
}

/** Whether there is a process of this number here, as far as can be known. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return errorCode(error) !== 'ESRCH'
  }
}

/** When a process was started, in ticks of the kernel; `undefined` if it has ended. */
async function startOf(pid: string): Promise<string | undefined> {
  try {
    const stats = await readFile(`/proc/${Number(pid)}/stat`, 'utf8')
    // The name, in parentheses, may contain anything.
    const [state = '', ...fields] = stats.slice(stats.lastIndexOf(')') + 2).split(' ')
    return 'ZX'.includes(state) ? undefined : fields[18]
  } catch {
    return undefined
  }
}
