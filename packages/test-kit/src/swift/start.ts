import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { makeFolder } from '../folder.ts'
import { acceptsConnections, takePort } from '../ports.ts'
import { endGroup, start } from '../processes.ts'
import { ACCOUNT, configFiles, DOMAIN, REGION, SECRET, STORES, type SwiftPorts, USER } from './config.ts'
import { hasSwift, type SwiftTool } from './find.ts'
import { writeRings } from './rings.ts'
import { openStore, type SwiftStore } from './store.ts'

/** A running Swift with one empty bucket. Disposing of it ends it and removes what it stored. */
export interface Swift extends AsyncDisposable, SwiftStore {
  /** Where its S3 API is, without a slash at the end. Buckets are paths of it. */
  readonly endpoint: string
  /** The host below which buckets are hosts, with the port: `bucket.s3.localhost:PORT`. It need not resolve. */
  readonly virtualHost: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly bucket: string
  close(): Promise<void>
}

/** How long the servers may take to listen, in ms: the machine may be busy. */
const START_LIMIT = 60_000

/**
 * Starts the proxy, one server each for accounts, containers and objects, and memcached, on free ports of 127.0.0.1.
 * There are no workers, replicators or other daemons, and no system service is touched.
 *
 * @param bucket the name of the bucket to create. Default: `media`.
 * @throws Error if it is not installed or does not start; {@link hasSwift} tells whether it is installed.
 */
export async function startSwift({ bucket = 'media' } = {}): Promise<Swift> {
  if (!hasSwift()) throw new Error('Swift is not installed')
  const folder = makeFolder()
  const children: ChildProcess[] = []
  const close = async () => {
    await Promise.all(children.map(end))
    folder.remove()
  }
  try {
    const ports = await freePorts()
    mkdirSync(folder.at('devices/disk'), { recursive: true })
    for (const [name, text] of Object.entries(configFiles(folder.path, ports))) {
      writeFileSync(folder.at(name), text)
    }
    await writeRings(folder.path, ports)
    const launch = (tool: SwiftTool, args: readonly string[], port: number) => {
      const child = start(tool, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      children.push(child)
      return listening(tool, child, port)
    }
    const identity = userInfo().uid === 0 ? ['-u', 'root'] : []
    await Promise.all([
      launch('memcached', ['-l', '127.0.0.1', '-p', `${ports.memcached}`, ...identity], ports.memcached),
      ...STORES.map((store) => launch(`swift-${store}-server`, [folder.at(`${store}.conf`)], ports[store])),
      launch('swift-proxy-server', [folder.at('proxy.conf')], ports.proxy),
    ])
    const endpoint = `http://127.0.0.1:${ports.proxy}`
    return {
      endpoint,
      virtualHost: `${DOMAIN}:${ports.proxy}`,
      region: REGION,
      credentials: { accessKeyId: `${ACCOUNT}:${USER}`, secretAccessKey: SECRET },
      bucket,
      ...(await openStore(endpoint, bucket)),
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Free ports, all taken before any is released so that they differ. */
async function freePorts(): Promise<SwiftPorts> {
  const names = ['proxy', 'memcached', ...STORES] as const
  const taken = await Promise.all(names.map(async (name) => ({ name, ...(await takePort()) })))
  await Promise.all(taken.map(({ close }) => close()))
  return Object.fromEntries(taken.map(({ name, port }) => [name, port])) as SwiftPorts
}

/** Resolves when a process listens on its port; rejects with what it printed if it ends before. */
async function listening(tool: SwiftTool, child: ChildProcess, port: number): Promise<void> {
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      printed += chunk
    })
  }
  const deadline = performance.now() + START_LIMIT
  while (!(await acceptsConnections(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      throw new Error(`${tool} does not listen on port ${port}: ${printed}`)
    }
    await wait(50)
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  endGroup(child)
  await exited
}
