import { once } from 'node:events'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { makePair } from '@rangekit/test-kit/certificates'
import { shared, sharedFolder } from '@rangekit/test-kit/fixtures'
import { requestText } from '@rangekit/test-kit/raw'
import { startScript } from './growing-client.ts'

/** The servers, and what is limited on each. */
export const LIMITS = {
  rate: { rate: 400_000 },
  streams: { rate: 400_000, fastPath: false },
  total: { totalRate: 1_000_000 },
  both: { rate: 300_000, totalRate: 3_000_000 },
  slow: { rate: 1000, writeTimeout: 0.2 },
  many: { maxConnections: 3 },
  neighbours: { maxConnectionsPerAddress: 1 },
  secure: { rate: 400_000, maxConnections: 2 },
  http2: { rate: 400_000, maxConnections: 1 },
} as const

export type Name = keyof typeof LIMITS

/** A connection, and all that has come on it. */
export interface Client {
  readonly socket: Socket
  /** Everything so far. */
  readonly text: string
  /** How many bytes that is. */
  readonly received: number
}

/** Starts all of the servers in one process of the runtime under test, for the tests of a file. */
export function sharedServers() {
  const folder = sharedFolder()
  const server = shared(
    async () => {
      const { cert, key } = makePair(folder.path, 'limits')
      const tls = { cert, key }
      const options = {
        ...LIMITS,
        secure: { ...LIMITS.secure, tls },
        http2: { ...LIMITS.http2, tls, http2: true },
      }
      const started = await startScript('limited-server.ts', JSON.stringify(Object.values(options)))
      const state = async (path = ''): Promise<{ ports: number[]; open: number }> =>
        (await fetch(`${started.origin}/${path}`)).json()
      const { ports } = await state()
      const index = (name: Name) => Object.keys(LIMITS).indexOf(name)
      return {
        port: (name: Name) => ports[index(name)] ?? 0,
        /** How many representations are open. */
        open: async () => (await state()).open,
        stop: (name: Name) => state(`stop?index=${index(name)}`),
        end: () => started.stop('SIGKILL'),
      }
    },
    (made) => made.end(),
  )

  /** Connects, and asks for something. */
  async function ask(name: Name, fields: string[] = [], localAddress = '127.0.0.1'): Promise<Client> {
    const to = { port: server.port(name), host: '127.0.0.1', localAddress }
    const socket = name === 'secure' ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to)
    await once(
      socket.on('error', () => {}),
      name === 'secure' ? 'secureConnect' : 'connect',
    )
    const pieces: Buffer[] = []
    const client = {
      socket,
      get text() {
        return Buffer.concat(pieces).toString('latin1')
      },
      received: 0,
    }
    socket.on('data', (piece) => {
      pieces.push(piece)
      client.received += piece.byteLength
    })
    socket.write(requestText('GET /long.mp4', fields))
    return client
  }

  /** Opens a connection of HTTP/2. */
  function openSession(): ClientHttp2Session {
    const origin = `https://127.0.0.1:${server.port('http2')}`
    return connectHttp2(origin, { rejectUnauthorized: false }).on('error', () => {})
  }

  return { server, ask, openSession }
}
