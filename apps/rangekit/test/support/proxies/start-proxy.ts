import { once } from 'node:events'
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolder } from '@rangekit/test-kit/folder'
import { freePort } from '@rangekit/test-kit/ports'
import { endGroup, start } from '@rangekit/test-kit/processes'
import { exchange } from '@rangekit/test-kit/raw'
import type { ProxyKind } from './kinds.ts'

export interface RunningProxy extends AsyncDisposable {
  readonly port: number
  /** Everything printed so far. */
  readonly log: string
}

/** Milliseconds within which a proxy must forward its first request. */
const STARTUP = 15_000
/** Milliseconds within which it may end by itself. */
const GRACE = 3000

/**
 * Starts a proxy with an empty cache in front of a server, and waits until it forwards requests.
 *
 * @param command the path of its program.
 * @throws Error with its output if it does not start.
 */
export async function startProxy(kind: ProxyKind, command: string, upstream: number): Promise<RunningProxy> {
  const folder = makeFolder()
  const place = { port: await freePort(), upstream, scratch: folder.path }
  mkdirSync(folder.at('cache'))
  // Proxies that are started as root drop that.
  chmodSync(folder.path, 0o755)
  chmodSync(folder.at('cache'), 0o777)
  writeFileSync(folder.at('config'), kind.config(place))

  // A file, because Node's pipes are sockets, which a proxy cannot open as /dev/stderr.
  const output = openSync(folder.at('log'), 'a')
  const child = start(command, kind.arguments(folder.at('config'), place), {
    stdio: ['ignore', output, output],
    // Most have workers, which then end with them as one group.
    detached: true,
  })
  closeSync(output)
  const exited = once(child, 'exit')
  const log = () => readFileSync(folder.at('log'), 'utf8')
  const stop = async () => {
    // Squid leaves shared memory behind if it is killed.
    child.kill('SIGTERM')
    await Promise.race([exited, sleep(GRACE, undefined, { ref: false })])
    endGroup(child)
    await exited
    folder.remove()
  }

  const deadline = Date.now() + STARTUP
  while (!(await forwards(place.port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      const printed = log()
      await stop()
      throw new Error(`${kind.title} does not start: ${printed}`)
    }
    await sleep(50)
  }
  return {
    port: place.port,
    get log() {
      return log()
    },
    [Symbol.asyncDispose]: stop,
  }
}

async function forwards(port: number): Promise<boolean> {
  try {
    return (await exchange(port, 'GET /readyz', [], { timeoutMs: 1000 })).status === 200
  } catch {
    return false
  }
}
