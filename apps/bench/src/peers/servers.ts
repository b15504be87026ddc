import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { type CommandLine, ENGINES } from '@rangekit/test-kit/runtimes'
import { nginx, peerKinds, rangekit } from './catalog.ts'
import { type PeerKind, printedVersion } from './kind.ts'
import { type Peer, startKind } from './start.ts'

/** The core that every server runs on, and the one for the client. */
export const SERVER_CORE = 0
export const CLIENT_CORE = 1

const [BUN] = ENGINES.bun

/** `Bun.file`, as Bun's documentation shows it. */
export const bunFile: PeerKind = {
  title: 'Bun.file',
  setup: 'Bun.serve that answers a slice of Bun.file',
  version: () => printedVersion(BUN, '--version'),
  launch: ({ root, port }) => ({
    command: [BUN, join(import.meta.dirname, 'bun-file.ts'), root, String(port)],
  }),
}

const go: PeerKind = {
  title: 'Go net/http',
  setup: 'http.FileServer',
  version: () => printedVersion('go', 'version'),
  launch: ({ root, port, scratch }) => {
    const program = join(scratch, 'fileserver')
    execFileSync('go', ['build', '-o', program, join(import.meta.dirname, 'go/main.go')])
    return { command: [program, root, `127.0.0.1:${port}`] }
  },
}

// Any number of requests on a connection, as the other servers allow.
const NGINX_COMMON = 'tcp_nodelay on; keepalive_requests 1000000000;'

/** Rangekit on a runtime; a report gives the runtime's version. */
function own(runtime: string, version: string, engine: CommandLine): PeerKind {
  const kind = rangekit(`${runtime} ${version}`, engine)
  return {
    ...kind,
    title: `Rangekit on ${runtime}`,
    setup: `Rangekit ${kind.version()}, its own server command`,
    version: () => version,
  }
}

const SERVERS = {
  'rangekit-node': own('Node', process.versions.node, [process.execPath]),
  'rangekit-bun': own('Bun', printedVersion(BUN, '--version'), [BUN]),
  'rangekit-deno': own('Deno', printedVersion(ENGINES.deno[0], '--version'), ENGINES.deno),
  'hono-static': peerKinds['hono-static'],
  send: peerKinds.send,
  sirv: peerKinds.sirv,
  'fastify-static': peerKinds['fastify-static'],
  'srvx-static': peerKinds['srvx-static'],
  'bun-file': bunFile,
  'nginx-sendfile': {
    ...nginx('one worker, sendfile on, tcp_nodelay on', `sendfile on; ${NGINX_COMMON}`),
    title: 'nginx, sendfile',
  },
  'nginx-buffers': {
    ...nginx(
      'one worker, sendfile off, output_buffers 2 256k, tcp_nodelay on',
      `sendfile off; output_buffers 2 256k; ${NGINX_COMMON}`,
    ),
    title: 'nginx, buffers',
  },
  caddy: peerKinds.caddy,
  go,
} as const satisfies Readonly<Record<string, PeerKind>>

export type ServerId = keyof typeof SERVERS

/** The servers that the benchmark measures, each with one worker on one core. */
export const serverIds = Object.keys(SERVERS) as readonly ServerId[]

/** The other JavaScript servers on Node. */
export const nodePeers: readonly ServerId[] = ['hono-static', 'send', 'sirv', 'fastify-static', 'srvx-static']

/** How a report describes a server; without a version, it is not installed. */
export function describe(id: ServerId): { title: string; setup: string; version: string | undefined } {
  return describeKind(SERVERS[id])
}

/** The same for any kind of server. */
export function describeKind({ title, setup, version }: PeerKind): ReturnType<typeof describe> {
  try {
    return { title, setup, version: version() }
  } catch {
    return { title, setup, version: undefined }
  }
}

/**
 * Starts a server on its core, with as many open files as the machine allows.
 *
 * @param root the folder of files; every user must be able to read it.
 * @param nodeFlags put before the script of a server that runs on Node. Default: none.
 */
export function startServer(id: ServerId, root: string, nodeFlags: readonly string[] = []): Promise<Peer> {
  return startPinned(SERVERS[id], root, nodeFlags)
}

/** The same for any kind of server. */
export function startPinned(kind: PeerKind, root: string, nodeFlags: readonly string[] = []): Promise<Peer> {
  return startKind(kind, root, ({ command: [file, ...args], env }) => ({
    command: pinned([file, ...nodeFlags, ...args]),
    env: { NODE_ENV: 'production', GOMAXPROCS: '1', ...env },
  }))
}

/** A command line on the server's core, with as many open files as the machine allows. */
export function pinned(command: CommandLine): CommandLine {
  const script = `ulimit -n "$(ulimit -Hn)"; exec taskset -c ${SERVER_CORE} "$0" "$@"`
  return ['/bin/sh', '-c', script, ...command]
}
