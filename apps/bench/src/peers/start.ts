// Starts a peer as a process of its own on a free loopback port.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type PeerName, peerKinds } from './catalog.ts'
import type { Launch, PeerKind } from './kind.ts'

export interface Peer {
  readonly title: string
  readonly version: string
  readonly setup: string
  /** URL of the folder of files, with a slash at the end: `new URL('film.mp4', peer.url)`. */
  readonly url: string
  /** Process id of the server; another one after a restart. */
  readonly pid: number
  /** Starts the server anew if it has exited; resolves when it takes connections. */
  revive(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts the peer `name` with the files of the folder `root`, which every user must be able to read
 * (some servers give up root's rights). Throws when the program is not installed or does not take
 * connections within 15 seconds.
 *
 * @example
 * const peer = await startPeer('nginx', '/srv/films')
 * try {
 *   await fetch(new URL('film.mp4', peer.url))
 * } finally {
 *   await peer.stop()
 * }
 */
export function startPeer(name: PeerName, root: string): Promise<Peer> {
  return startKind(peerKinds[name], root)
}

/** The same for any kind of server; `wrap` may change the command, to tie it to a core, say. */
export async function startKind(
  kind: PeerKind,
  root: string,
  wrap: (launch: Launch) => Launch = (launch) => launch,
): Promise<Peer> {
  const port = await freePort()
  const scratch = await mkdtemp(join(tmpdir(), 'rangekit-peer-'))
  await chmod(scratch, 0o755)
  const write = (file: string, text: string) => {
    const path = join(scratch, file)
    writeFileSync(path, text)
    return path
  }
  const launch = wrap(kind.launch({ root, port, scratch, write }))
  const start = () =>
    spawn(launch.command, launch.arguments, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...launch.env },
    })

  let child = start()
  const ready = () => waitForPort(child, port, kind.title)
  const revive = async () => {
    // A process that is about to exit may still take a connection.
    await setTimeout(50)
    if (hasExited(child)) child = start()
    await ready()
  }
  const stop = async () => {
    await end(child)
    await rm(scratch, { recursive: true, force: true })
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
    revive,
    stop,
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
  const deadline = Date.now() + 15_000
  while (!(await takesConnections(port))) {
    if (hasExited(child) || child.pid === undefined || Date.now() > deadline) {
      throw new Error(`${title} does not start: ${failure}`)
    }
    await setTimeout(50)
  }
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (hasExited(child) || child.pid === undefined) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const done = new AbortController()
  setTimeout(3000, undefined, { signal: done.signal }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  )
  await exited
  done.abort()
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
