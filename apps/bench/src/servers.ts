// The servers that are measured, each with one worker on one core.
import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ENGINES } from '@rangekit/test-kit/runtimes'
import { nginx, peerKinds, rangekit } from './peers/catalog.ts'
import { type Launch, type PeerKind, printed } from './peers/kind.ts'
import { type Peer, startKind } from './peers/start.ts'

export const serverCore = 0
export const clientCore = 1

const here = dirname(fileURLToPath(import.meta.url))
const [bun] = ENGINES.bun
const node = process.versions.node

const bunFile: PeerKind = {
  title: 'Bun.file',
  setup: 'Bun.serve that answers a slice of Bun.file',
  version: () => printed(bun, '--version'),
  launch: ({ root, port }) => ({
    command: bun,
    arguments: [join(here, 'peers/bun-file.ts'), root, String(port)],
  }),
}

const go: PeerKind = {
  title: 'Go net/http',
  setup: 'http.FileServer',
  version: () => printed('go', 'version'),
  launch: ({ root, port, scratch }) => {
    const command = join(scratch, 'fileserver')
    execFileSync('go', ['build', '-o', command, join(here, 'peers/go/main.go')])
    return { command, arguments: [root, `127.0.0.1:${port}`] }
  },
}

// A connection may ask as often as it likes, as everywhere else.
const nginxCommon = 'tcp_nodelay on; keepalive_requests 1000000000;'

/** Rangekit on a runtime; the version shown is the runtime's. */
function own(runtime: string, version: string, command: readonly [string, ...string[]]): PeerKind {
  const kind = rangekit(`${runtime} ${version}`, command)
  return {
    ...kind,
    title: `Rangekit on ${runtime}`,
    setup: `Rangekit ${kind.version()}, its own server command`,
    version: () => version,
  }
}

const kinds = {
  'rangekit-node': own('Node', node, [process.execPath]),
  'rangekit-bun': own('Bun', printed(bun, '--version'), [bun]),
  'rangekit-deno': own('Deno', printed(ENGINES.deno[0], '--version'), ENGINES.deno),
  'hono-static': peerKinds['hono-static'],
  send: peerKinds.send,
  sirv: peerKinds.sirv,
  'fastify-static': peerKinds['fastify-static'],
  'srvx-static': peerKinds['srvx-static'],
  'bun-file': bunFile,
  'nginx-sendfile': {
    ...nginx('one worker, sendfile on, tcp_nodelay on', `sendfile on; ${nginxCommon}`),
    title: 'nginx, sendfile',
  },
  'nginx-buffers': {
    ...nginx(
      'one worker, sendfile off, output_buffers 2 256k, tcp_nodelay on',
      `sendfile off; output_buffers 2 256k; ${nginxCommon}`,
    ),
    title: 'nginx, buffers',
  },
  caddy: peerKinds.caddy,
  go,
} as const satisfies Readonly<Record<string, PeerKind>>

export type ServerId = keyof typeof kinds

export const serverIds = Object.keys(kinds) as readonly ServerId[]

/** JavaScript servers on the same Node, which ratios are taken to. */
export const nodePeers: readonly ServerId[] = ['hono-static', 'send', 'sirv', 'fastify-static', 'srvx-static']

/** What a server is in words; its version is undefined where it is not installed. */
export function describe(id: ServerId): { title: string; setup: string; version: string | undefined } {
  const kind: PeerKind = kinds[id]
  try {
    return { title: kind.title, setup: kind.setup, version: kind.version() }
  } catch {
    return { title: kind.title, setup: kind.setup, version: undefined }
  }
}

/**
 * Starts a server on its core, with as many open files as the machine allows. Some servers give up root's rights: the
 * folder must be readable to all.
 *
 * @param nodeFlags go before the script of a server that runs on Node.
 */
export function startServer(id: ServerId, root: string, nodeFlags: readonly string[] = []): Promise<Peer> {
  return startKind(kinds[id], root, (launch) => pinned(launch, nodeFlags))
}

function pinned({ command, arguments: words, env }: Launch, nodeFlags: readonly string[]): Launch {
  const script = `ulimit -n "$(ulimit -Hn)"; exec taskset -c ${serverCore} "$0" "$@"`
  return {
    command: '/bin/sh',
    arguments: ['-c', script, command, ...nodeFlags, ...words],
    env: { NODE_ENV: 'production', GOMAXPROCS: '1', ...env },
  }
}
