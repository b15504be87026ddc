import { join } from 'node:path'
import type { TestPair } from '@rangekit/test-kit/certificates'
import { RUNTIMES, VERSION } from '@rangekit/test-kit/runtimes'
import { nginx } from '../peers/catalog.ts'
import { type PeerKind, packageVersion } from '../peers/kind.ts'

export type Protocol = 'http/1.1' | 'h2'

/** The servers that are compared, over TLS 1.3; the first one is what ratios refer to. */
export function contenders(pair: TestPair, protocol: Protocol): readonly PeerKind[] {
  const { certFile, keyFile } = pair
  const isHttp2 = protocol === 'h2'
  const own = (name: string, title: string, version: () => string): PeerKind => ({
    title,
    setup: `node:${isHttp2 ? 'http2' : 'https'} on Node ${process.versions.node}`,
    version,
    launch: ({ root, port }) => ({
      command: [
        process.execPath,
        join(import.meta.dirname, 'secure-server.ts'),
        ...[name, root, String(port), certFile, keyFile],
      ],
      env: { PROTOCOL: protocol },
    }),
  })
  return [
    nginx(
      'one worker, sendfile on',
      'sendfile on; tcp_nodelay on; keepalive_requests 1000000000;',
      ({ root }) =>
        `root ${root}; ssl_certificate ${certFile}; ssl_certificate_key ${keyFile}; ssl_protocols TLSv1.3;`,
      isHttp2 ? ' ssl http2' : ' ssl',
    ),
    own('constant', 'a constant', () => process.versions.node),
    own('reading', 'a read', () => process.versions.node),
    {
      title: 'Rangekit',
      setup: `on Node ${process.versions.node}`,
      version: () => VERSION,
      launch: ({ root, port }) => ({
        command: [
          ...RUNTIMES.node,
          root,
          '--port',
          String(port),
          '--tls-cert',
          certFile,
          '--tls-key',
          keyFile,
        ],
      }),
      base: '/api/stream/',
    },
    own('sirv', 'sirv', () => packageVersion('sirv')),
  ]
}
