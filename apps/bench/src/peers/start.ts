import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { makeFolder } from '@rangekit/test-kit/folder'
import { acceptsConnections, freePort } from '@rangekit/test-kit/ports'
import { start } from '@rangekit/test-kit/processes'
import { type PeerName, peerKinds } from './catalog.ts'
import type { Launch, PeerKind } from './kind.ts'

/** Milliseconds that a server may take to start. */
const START_DEADLINE = 15_000
/** Milliseconds that a server may take to end after SIGTERM. */
const STOP_DEADLINE = 3000
/** Milliseconds between two looks at a process. */
const POLL_INTERVAL = 50

/** A server in a process of its own. */
export interface Peer extends AsyncDisposable {
  readonly title: string
  readonly version: string
  readonly setup: string
  /** URL of the folder of files, with a slash at the end: `new URL('film.mp4', peer.url)`. */
  readonly url: string
  /** Process id; another one after a restart. */
  readonly pid: number
  /** Starts the server again if it has exited; resolves when it accepts connections. */
  revive(): Promise<void>
}

/**
 * Starts a server on a free loopback port.
 *
 * @param root the folder of files. Every user must be able to read it: some servers give up root's rights.
 * @throws Error where the server is not installed, or does not accept connections within 15 seconds.
 * @example
 * await using peer = await startPeer('nginx', '/srv/films')
 * await fetch(new URL('film.mp4', peer.url))
 */
export function startPeer(name: PeerName, root: string): Promise<Peer> {
  return startKind(peerKinds[name], root)
}

/**
 * Starts a server of any kind.
 *
 * @param wrap changes the command, for example to tie it to a core. Default: no change.
 */
export async function startKind(
  kind: PeerKind,
  root: string,
  wrap: (launch: Launch) => Launch = (launch) => launch,
): Promise<Peer> {
  const port = await freePort()
  const scratch = makeFolder()
  chmodSync(scratch.path, 0o755)
  const write = (name: string, text: string) => {
    writeFileSync(scratch.at(name), text)
    return scratch.at(name)
  }
  const { command, env } = wrap(kind.launch({ root, port, scratch: scratch.path, write }))
  const [file, ...args] = command
  const spawn = () =>
    start(file, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } })

  let child = spawn()
  const ready = () => waitForPort(child, port, kind.title)
  const stop = async () => {
    await end(child)
    scratch.remove()
  }
  try {
    await ready()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    title: kind.title,
    version: kind.version(),
    setup: kind.setup,
    url: `http://127.0.0.1:${port}${kind.base ?? '/'}`,
    get pid() {
      return child.pid ?? 0
    },
    async revive() {
      // A process that is about to exit may still accept a connection.
      await setTimeout(POLL_INTERVAL)
      if (hasExited(child)) child = spawn()
      await ready()
    },
    [Symbol.asyncDispose]: stop,
  }
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

async function waitForPort(child: ChildProcess, port: number, title: string): Promise<void> {
  let failure = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    failure = (failure + text).slice(-2000)
  })
  child.on('error', (error) => {
    failure = error.message
  })
  const deadline = Date.now() + START_DEADLINE
  while (!(await acceptsConnections(port))) {
    if (hasExited(child) || child.pid === undefined || Date.now() > deadline) {
      throw new Error(`${title} does not start: ${failure}`)
    }
    await setTimeout(POLL_INTERVAL)
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (hasExited(child) || child.pid === undefined) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const done = new AbortController()
  setTimeout(STOP_DEADLINE, undefined, { signal: done.signal }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  )
  await exited
  done.abort()
}
