import { nginxArguments, nginxConfig } from '@rangekit/test-kit/nginx'
import { words } from '@rangekit/test-kit/words'
import { documented } from '../documented.ts'

/** The port of a proxy, the port that it forwards to, and a folder that it may write to. */
export interface Place {
  readonly port: number
  readonly upstream: number
  readonly scratch: string
}

export interface ProxyKind {
  readonly title: string
  readonly command: string
  readonly debianPackage: string
  /** Whether it caches large files. Each that does sets `X-Cache` to HIT or MISS. */
  readonly caches: boolean
  /** Answers to ranges that may differ from the server's, by the names in proxies.test.ts. Default: none. */
  readonly answers?: Readonly<Record<string, string>>
  /** The text of its configuration file. */
  config(place: Place): string
  /** Arguments that keep it in the foreground. */
  arguments(configFile: string, place: Place): readonly string[]
}

/** An nginx that writes to its scratch folder only. `http` makes what its `http` block contains besides. */
export function nginxWith(http: (place: Place) => string) {
  return {
    command: 'nginx',
    debianPackage: 'nginx',
    config: (place) => nginxConfig(place.scratch, http(place)),
    arguments: (configFile, { scratch }) => nginxArguments(scratch, configFile),
  } satisfies Omit<ProxyKind, 'title' | 'caches'>
}

/** As documented, without TLS. */
const NGINX_WITH_SLICES = nginxWith(({ port, upstream, scratch }) =>
  documented('/etc/nginx/conf.d/media.conf', {
    'listen 443 ssl http2;': `listen 127.0.0.1:${port};`,
    'ssl_certificate /etc/letsencrypt/live/media.example/fullchain.pem;': '',
    'ssl_certificate_key /etc/letsencrypt/live/media.example/privkey.pem;': '',
    '/var/cache/nginx/media': `${scratch}/cache`,
    ':8001': `:${upstream}`,
    'slice 1m;': 'slice 1m; add_header X-Cache $upstream_cache_status;',
  }),
)

const NGINX_WITHOUT_SLICES = nginxWith(
  ({ port, upstream, scratch }) => `
  proxy_cache_path ${scratch}/cache keys_zone=files:1m;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${upstream};
      proxy_cache files;
      proxy_cache_valid 200 206 1h;
      add_header X-Cache $upstream_cache_status;
    }
  }
`,
)

/** A Caddy that writes to its scratch folder only, and serves what is documented. `sites` makes its other blocks. */
export function caddyWith(sites: (place: Place) => string) {
  return {
    command: 'caddy',
    debianPackage: 'caddy',
    config: (place) => `
{
  admin off
  auto_https off
  default_bind 127.0.0.1
  storage file_system ${place.scratch}
}
${sites(place)}
`,
    arguments: (configFile) => ['run', '--adapter', 'caddyfile', '--config', configFile],
  } satisfies Omit<ProxyKind, 'title' | 'caches'>
}

/** As documented, without TLS. */
export const CADDY: ProxyKind = {
  title: 'Caddy',
  caches: false,
  ...caddyWith(({ port, upstream }) =>
    documented('/etc/caddy/Caddyfile', { 'media.example': `http://:${port}`, ':8001': `:${upstream}` }),
  ),
}

interface HaproxyParts {
  readonly global?: string
  readonly frontend?: string
  readonly backend?: string
}

function haproxy({ global = '', frontend = '', backend = '' }: HaproxyParts = {}) {
  return {
    command: 'haproxy',
    debianPackage: 'haproxy',
    caches: false,
    config: ({ port, upstream }) => `
${global}
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
frontend clients
  bind 127.0.0.1:${port}
  default_backend files
  ${frontend}
backend files
  ${backend}
  server rangekit 127.0.0.1:${upstream} check inter 100ms fall 1
`,
    arguments: (configFile) => ['-db', '-f', configFile],
  } satisfies Omit<ProxyKind, 'title'>
}

const HAPROXY_CACHE = `
cache files
  total-max-size 256
  max-object-size 16000000
  max-age 60
`

const APACHE_MODULES = words('mpm_event authz_core proxy proxy_http cache cache_disk')

/** Proxies configured as their manuals recommend for large files. */
export const PROXIES: readonly ProxyKind[] = [
  {
    title: 'nginx with slices',
    ...NGINX_WITH_SLICES,
    caches: true,
    answers: { 'several ranges': '200 old' },
  },
  // It speaks HTTP/1.0 to the server by default.
  { title: 'nginx without slices', ...NGINX_WITHOUT_SLICES, caches: true },
  CADDY,
  {
    title: 'Varnish',
    command: 'varnishd',
    debianPackage: 'varnish',
    caches: true,
    answers: { 'several ranges': '416' },
    config: ({ upstream }) => `
vcl 4.1;
backend rangekit { .host = "127.0.0.1"; .port = "${upstream}"; }
sub vcl_deliver {
  if (obj.hits > 0) { set resp.http.X-Cache = "HIT"; } else { set resp.http.X-Cache = "MISS"; }
}
`,
    arguments: (configFile, { port, scratch }) => [
      ...words(`-F -j none -T none -s malloc,128m -a 127.0.0.1:${port}`),
      ...['-f', configFile, '-n', `${scratch}/work`],
    ],
  },
  {
    title: 'Squid',
    command: 'squid',
    debianPackage: 'squid',
    caches: true,
    answers: { 'beyond the end': '200 old' },
    config: ({ port, upstream, scratch }) => `
http_port 127.0.0.1:${port} accel defaultsite=localhost
cache_peer 127.0.0.1 parent ${upstream} 0 no-query no-digest originserver
http_access allow all
range_offset_limit none
cache_mem 128 MB
maximum_object_size_in_memory 32 MB
memory_cache_shared off
visible_hostname localhost
access_log none
cache_log /dev/null
pid_filename none
netdb_filename none
pinger_enable off
coredump_dir ${scratch}
shutdown_lifetime 0 seconds
`,
    arguments: (configFile, { port }) => ['-N', '-d', '1', '-n', `rangekit${port}`, '-f', configFile],
  },
  {
    title: 'Apache httpd',
    command: 'apache2',
    debianPackage: 'apache2-bin',
    caches: true,
    config: ({ port, upstream, scratch }) => `
ServerRoot ${scratch}
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${scratch}/pid
ErrorLog /dev/stderr
User www-data
Group www-data
${APACHE_MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
AllowEncodedSlashes NoDecode
CacheRoot ${scratch}/cache
CacheEnable disk /
CacheMaxFileSize 32000000
CacheHeader on
ProxyPass / http://127.0.0.1:${upstream}/ nocanon
`,
    arguments: (configFile) => ['-DFOREGROUND', '-f', configFile],
  },
  { title: 'HAProxy', ...haproxy() },
  {
    title: 'HAProxy with its cache',
    ...haproxy({
      global: HAPROXY_CACHE,
      frontend: `
  http-request cache-use files
  http-response cache-store files
  http-response set-header X-Cache HIT if { res.cache_hit }`,
    }),
    caches: true,
    answers: { 'every range': '200 old' },
  },
]

/** HAProxy that stops using a server at the first health check that fails. */
export function checkingHaproxy(check: string): ProxyKind {
  return { title: `HAProxy, ${check}`, ...haproxy({ backend: check }) }
}
