// The servers to compare with: how each is started, and what it is in words.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { builtCommand } from '@rangekit/test-kit/built-command'
import { installed, type PeerKind, printed } from './kind.ts'

const here = dirname(fileURLToPath(import.meta.url))
const isRoot = process.getuid?.() === 0

function javascript(name: string, title: string, packageName: string, setup: string): PeerKind {
  return {
    title,
    setup: `${setup}, on Node ${process.versions.node}`,
    version: () => installed(packageName),
    launch: ({ root, port }) => ({
      command: process.execPath,
      arguments: [join(here, 'javascript.ts'), name, root, String(port)],
    }),
  }
}

/** Our own server's command on a runtime: the words that run a script there. */
export function rangekit(runtime: string, [command, ...flags]: readonly [string, ...string[]]): PeerKind {
  return {
    title: 'Rangekit',
    setup: `as installed, on ${runtime}`,
    version: () => installed('rangekit'),
    launch: ({ root, port }) => ({
      command,
      arguments: [...flags, builtCommand(), root, '--port', String(port)],
    }),
    base: '/api/stream/',
  }
}

/** nginx with one worker; `directives` go into its http block. */
export function nginx(setup: string, directives: string): PeerKind {
  return {
    title: 'nginx',
    setup,
    version: () => printed('nginx', '-v'),
    launch: ({ root, port, scratch, write }) => ({
      command: 'nginx',
      arguments: [
        '-p',
        scratch,
        '-e',
        'stderr',
        '-c',
        write(
          'nginx.conf',
          `daemon off; pid ${scratch}/pid; worker_processes 1; error_log stderr crit;
${isRoot ? 'user root;' : ''}
events { worker_connections 4096; }
http {
  access_log off; ${directives} client_body_temp_path ${scratch}; proxy_temp_path ${scratch};
  fastcgi_temp_path ${scratch}; uwsgi_temp_path ${scratch}; scgi_temp_path ${scratch};
  server { listen 127.0.0.1:${port}; root ${root}; }
}
`,
        ),
      ],
    }),
  }
}

export const peerKinds = {
  rangekit: rangekit(`Node ${process.versions.node}`, [process.execPath]),
  nginx: nginx('one worker, sendfile on, otherwise defaults', 'sendfile on;'),
  apache: {
    title: 'Apache httpd',
    setup: 'event MPM, otherwise defaults',
    version: () => printed('apache2', '-v'),
    launch: ({ root, port, scratch, write }) => ({
      command: 'apache2',
      arguments: [
        '-DFOREGROUND',
        '-f',
        write(
          'apache.conf',
          `ServerRoot ${scratch}
PidFile ${scratch}/pid
DefaultRuntimeDir ${scratch}
ErrorLog ${scratch}/error.log
ServerName localhost
Listen 127.0.0.1:${port}
${isRoot ? 'User www-data\nGroup www-data' : ''}
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
        ),
      ],
    }),
  },
  caddy: {
    title: 'Caddy',
    setup: 'file_server, otherwise defaults',
    version: () => printed('caddy', 'version'),
    launch: ({ root, port, scratch, write }) => ({
      command: 'caddy',
      arguments: [
        'run',
        '--adapter',
        'caddyfile',
        '--config',
        write(
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
        ),
      ],
      env: { HOME: scratch, XDG_CONFIG_HOME: scratch, XDG_DATA_HOME: scratch },
    }),
  },
  send: javascript('send', 'send', 'send', 'behind node:http, GET and HEAD only'),
  sirv: javascript('sirv', 'sirv', 'sirv', 'behind node:http, GET and HEAD only, etag: true'),
  'fastify-static': javascript('fastify-static', '@fastify/static', '@fastify/static', 'defaults'),
  'hono-static': javascript(
    'hono-static',
    'hono serveStatic',
    '@hono/node-server',
    `@hono/node-server with hono ${installed('hono')}, defaults`,
  ),
  'srvx-static': javascript('srvx-static', 'srvx static', 'srvx', 'defaults'),
} as const satisfies Readonly<Record<string, PeerKind>>

export type PeerName = keyof typeof peerKinds

export const peerNames = Object.keys(peerKinds) as readonly PeerName[]
