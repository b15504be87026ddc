import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { makeFolder } from '../folder.ts'
import { freePort } from '../ports.ts'
import { start } from '../processes.ts'
import { ACCOUNT, configFiles, DOMAIN, REGION, SECRET, USER } from './config.ts'
import { hasSwift } from './find.ts'
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

/** Debian's, where Swift is installed. */
const PYTHON = '/usr/bin/python3'
const SERVE = fileURLToPath(new URL('serve.py', import.meta.url))

/**
 * Starts the proxy, the servers of accounts, containers and objects, and memcached, on free ports of 127.0.0.1. There
 * are no replicators or other daemons, and no service of the system is touched.
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
    const memcached = await freePort()
    // It refuses to run as root unless told to.
    const asRoot = userInfo().uid === 0 ? ['-u', 'root'] : []
    children.push(
      start('memcached', ['-l', '127.0.0.1', '-p', `${memcached}`, ...asRoot], { stdio: 'ignore' }),
    )
    mkdirSync(folder.at('devices/disk'), { recursive: true })
    for (const [name, text] of Object.entries(configFiles(folder.path, memcached))) {
      writeFileSync(folder.at(name), text)
    }
    const server = start(PYTHON, [SERVE, folder.path], { stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(server)
    const port = await readPort(server)
    const endpoint = `http://127.0.0.1:${port}`
    return {
      endpoint,
      virtualHost: `${DOMAIN}:${port}`,
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

/** The first line that the servers print; what they log if they end before it is the error. */
async function readPort({ stdout, stderr }: ChildProcess): Promise<number> {
  if (stdout === null || stderr === null) throw new Error('The output of Swift is not read')
  let log = ''
  stderr.on('data', (chunk) => {
    log += chunk
  })
  for await (const line of createInterface(stdout)) return Number(line)
  throw new Error(`Swift did not start: ${log}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
