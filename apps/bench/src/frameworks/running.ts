import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@rangekit/test-kit/ports'
import { childrenOf, endGroup, start } from '@rangekit/test-kit/processes'
import type { CommandLine } from '@rangekit/test-kit/runtimes'

/** Where the examples serve the folder of files. */
export const PATH = '/api/stream/'

/** Milliseconds until the first answer: some frameworks start slowly on a busy machine. */
const START_DEADLINE = 60_000
/** Milliseconds to end after SIGTERM. */
const STOP_DEADLINE = 2000
const POLL_INTERVAL = 100
/** Characters of output that are kept. */
const KEPT_OUTPUT = 8000

/** An example that runs. Disposing of it ends all its processes. */
export interface RunningExample extends AsyncDisposable {
  /** URL of the folder of files, with a slash at the end. */
  readonly url: string
  readonly origin: string
  /** The process of the start command. */
  readonly pid: number
  /** The last of what it printed. */
  readonly output: string
  /** This process and its descendants that are alive. */
  processes(): readonly number[]
}

export type WrapCommand = (command: CommandLine) => CommandLine

export interface ScriptOptions {
  readonly cwd: string
  /** The whole environment; PORT is added. */
  readonly env: NodeJS.ProcessEnv
  /** Default: no change. */
  readonly wrap?: WrapCommand | undefined
}

/**
 * Starts the `start` script of an example, which is one simple command.
 *
 * @throws Error with the output if it ends, or does not answer in time.
 */
export async function startScript(
  script: string,
  { cwd, env, wrap = (command) => command }: ScriptOptions,
): Promise<RunningExample> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const [file, ...args] = wrap(['/bin/sh', '-c', `exec ${script}`])
  const child = start(file, args, {
    cwd,
    env: { HOST: '127.0.0.1', ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // The leader of a process group, which ends as one.
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT)
    })
  }
  child.once('error', ({ message }) => {
    output += message
  })
  const running: RunningExample = {
    url: origin + PATH,
    origin,
    pid: child.pid ?? Number.NaN,
    get output() {
      return output
    },
    processes: () => (isRunning(child) ? treeOf(running.pid) : []),
    [Symbol.asyncDispose]: () => stop(child, running),
  }
  const deadline = Date.now() + START_DEADLINE
  while (!(await answers(running.url))) {
    if (!isRunning(child) || Date.now() > deadline) {
      await stop(child, running)
      throw new Error(`"${script}" in ${cwd} does not answer:\n${output}`)
    }
    await sleep(POLL_INTERVAL)
  }
  return running
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null
}

/** A process and its descendants; those that end meanwhile are left out. */
function treeOf(pid: number): number[] {
  try {
    return [pid, ...childrenOf(pid).flatMap(treeOf)]
  } catch {
    return []
  }
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: START_DEADLINE }, (response) => {
      response.resume()
      resolve(true)
    })
    request.on('error', () => resolve(false)).on('timeout', () => request.destroy())
  })
}

/** Ends the whole group, and descendants that have left it. */
async function stop(child: ChildProcess, { processes }: RunningExample): Promise<void> {
  const pids = processes()
  if (isRunning(child)) {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await Promise.race([ended, sleep(STOP_DEADLINE, undefined, { ref: false })])
  }
  endGroup(child)
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended.
    }
  }
  if (isRunning(child)) await once(child, 'exit')
}
