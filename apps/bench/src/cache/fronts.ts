import { join } from 'node:path'
import { VERSION } from '@rangekit/test-kit/runtimes'
import { FILE_NAME } from '../measure/measure.ts'
import { nginx } from '../peers/catalog.ts'
import type { PeerKind } from '../peers/kind.ts'

/** Servers with a cache in front of an origin, and one that reads files itself. */
export const frontIds = ['memory', 'disk', 'nginx', 'direct'] as const
export type FrontId = (typeof frontIds)[number]
/** Those, and what could not be faster on Node: measured with everything cached. */
export const warmIds = [...frontIds, 'buffer'] as const
export type WarmId = (typeof warmIds)[number]

const GIB = 1024 ** 3
// Any number of requests on a connection, as Rangekit allows.
const NGINX = 'sendfile on; tcp_nodelay on; keepalive_requests 1000000000;'

/** The origin: nginx, which writes the length of each body that it sends to a log. */
export function originKind(log: string): PeerKind {
  return nginx(
    'sends files',
    `${NGINX} log_format sent '$body_bytes_sent';`,
    ({ root }) => `root ${root}; access_log ${log} sent;`,
  )
}

/** How each front is started, given the URL of its origin. */
export function frontKinds(origin: URL): Readonly<Record<WarmId, PeerKind>> {
  return {
    memory: rangekit('Rangekit, blocks in memory', 'memory: 1 GiB', origin, GIB),
    disk: rangekit('Rangekit, blocks on disk', 'memory: 0, store: diskBlocks', origin, 0),
    nginx: {
      ...nginx(
        'one worker, proxy_cache, slice 1m, keepalive to the origin, sendfile on',
        ({ scratch }) => `${NGINX}
  proxy_cache_path ${scratch}/cache levels=1:2 keys_zone=films:64m max_size=8g inactive=1d use_temp_path=off;
  upstream origin { server ${origin.host}; keepalive 64; }`,
        () => `location / {
    slice 1m; proxy_cache films; proxy_cache_key $request_uri$slice_range; proxy_cache_valid 200 206 1h;
    proxy_cache_lock on; proxy_set_header Range $slice_range;
    proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://origin;
  }`,
      ),
      title: 'nginx, slices on disk',
    },
    direct: { ...nginx('one worker, sendfile on', NGINX), title: 'nginx, the files themselves' },
    buffer: {
      title: 'node:http, the file in one buffer',
      setup: `no framework and no source, on Node ${process.versions.node}`,
      version: () => process.versions.node,
      launch: ({ port, root }) => ({
        command: [process.execPath, script('buffer'), join(root, FILE_NAME), String(port)],
      }),
    },
  }
}

function rangekit(title: string, setup: string, origin: URL, memory: number): PeerKind {
  return {
    title,
    setup: `serve, cachedSource and httpSource on Node ${process.versions.node}, ${setup}`,
    version: () => VERSION,
    launch: ({ port, scratch }) => {
      const folder = memory === 0 ? [join(scratch, 'blocks')] : []
      return {
        command: [process.execPath, script('front'), origin.href, String(port), String(memory), ...folder],
      }
    },
  }
}

function script(name: string): string {
  return join(import.meta.dirname, `${name}.ts`)
}
