import { join } from 'node:path'
import { builtCommand } from '@rangekit/test-kit/built-command'
import { type CommandLine, VERSION } from '@rangekit/test-kit/runtimes'
import { type PeerKind, type Place, packageVersion, printedVersion } from './kind.ts'

const NODE = { runtime: `Node ${process.versions.node}`, engine: [process.execPath] } as const
const IS_ROOT = process.getuid?.() === 0

/** A server in javascript.ts. */
export function javascript(
  name: string,
  title: string,
  packageName: string,
  setup: string,
  { runtime, engine }: { runtime: string; engine: CommandLine } = NODE,
): PeerKind {
  return {
    title,
    setup: `${setup}, on ${runtime}`,
    version: () => packageVersion(packageName),
    launch: ({ root, port }) => ({
      command: [...engine, join(import.meta.dirname, 'javascript.ts'), name, root, String(port)],
    }),
  }
}

/** The command `rangekit`. `engine` is what runs a script on the runtime. */
export function rangekit(runtime: string, engine: CommandLine): PeerKind {
  return {
    title: 'Rangekit',
    setup: `as installed, on ${runtime}`,
    version: () => VERSION,
    launch: ({ root, port }) => ({ command: [...engine, builtCommand(), root, '--port', String(port)] }),
    base: '/api/stream/',
  }
}

/**
 * nginx with one worker.
 *
 * @param directives for the http block.
 * @param server directives for the server. Default: it serves the folder.
 * @param listen what follows the address that it listens on. Default: nothing.
 */
export function nginx(
  setup: string,
  directives: string | ((place: Place) => string),
  server: (place: Place) => string = ({ root }) => `root ${root};`,
  listen = '',
): PeerKind {
  return {
    title: 'nginx',
    setup,
    version: () => printedVersion('nginx', '-v'),
    launch: (place) => {
      const { port, scratch, write } = place
      const http = typeof directives === 'string' ? directives : directives(place)
      const config = write(
        'nginx.conf',
        `daemon off; pid ${scratch}/pid; worker_processes 1; error_log stderr crit;
${IS_ROOT ? 'user root;' : ''}
events { worker_connections 4096; }
http {
  access_log off; ${http} client_body_temp_path ${scratch}; proxy_temp_path ${scratch};
  fastcgi_temp_path ${scratch}; uwsgi_temp_path ${scratch}; scgi_temp_path ${scratch};
  server { listen 127.0.0.1:${port}${listen}; ${server(place)} }
}
`,
      )
      return { command: ['nginx', '-p', scratch, '-e', 'stderr', '-c', config] }
    },
  }
}

const apache: PeerKind = {
  title: 'Apache httpd',
  setup: 'event MPM, otherwise defaults',
  version: () => printedVersion('apache2', '-v'),
  launch: ({ root, port, scratch, write }) => {
    const config = write(
      'apache.conf',
      `ServerRoot ${scratch}
PidFile ${scratch}/pid
DefaultRuntimeDir ${scratch}
ErrorLog ${scratch}/error.log
ServerName localhost
Listen 127.0.0.1:${port}
${IS_ROOT ? 'User www-data\nGroup www-data' : ''}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so
TypesConfig /etc/mime.types
MaxKeepAliveRequests 0
DocumentRoot ${root}
<Directory ${root}>
  Require all granted
</Directory>
`,
    )
    return { command: ['apache2', '-DFOREGROUND', '-f', config] }
  },
}

const caddy: PeerKind = {
  title: 'Caddy',
  setup: 'file_server, otherwise defaults',
  version: () => printedVersion('caddy', 'version'),
  launch: ({ root, port, scratch, write }) => {
    const config = write(
      'Caddyfile',
      `{
  admin off
  auto_https off
}
http://127.0.0.1:${port} {
  bind 127.0.0.1
  root * ${root}
  file_server
}
`,
    )
    return {
      command: ['caddy', 'run', '--adapter', 'caddyfile', '--config', config],
      env: { HOME: scratch, XDG_CONFIG_HOME: scratch, XDG_DATA_HOME: scratch },
    }
  },
}

/** The servers that the conformance checker judges, by name. */
export const peerKinds = {
  rangekit: rangekit(`Node ${process.versions.node}`, [process.execPath]),
  nginx: nginx('one worker, sendfile on, otherwise defaults', 'sendfile on;'),
  apache,
  caddy,
  send: javascript('send', 'send', 'send', 'behind node:http, GET and HEAD only'),
  sirv: javascript('sirv', 'sirv', 'sirv', 'behind node:http, GET and HEAD only, etag: true'),
  'fastify-static': javascript('fastify-static', '@fastify/static', '@fastify/static', 'defaults'),
  'hono-static': javascript(
    'hono-static',
    'hono serveStatic',
    '@hono/node-server',
    `@hono/node-server with hono ${packageVersion('hono')}, defaults`,
  ),
  'srvx-static': javascript('srvx-static', 'srvx static', 'srvx', 'defaults'),
} as const satisfies Readonly<Record<string, PeerKind>>

export type PeerName = keyof typeof peerKinds

export const peerNames = Object.keys(peerKinds) as readonly PeerName[]
