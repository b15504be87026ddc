import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** The head of a request, as it came. */
export interface RecordedHead {
  readonly method: string
  readonly target: string
  /** The value of a field; `undefined` if it is absent. */
  field(name: string): string | undefined
}

/** A proxy of bytes: what passes is not changed, and the heads of requests are noted. */
export interface RecordingProxy extends AsyncDisposable {
  readonly port: number
  readonly heads: readonly RecordedHead[]
  /** How many connections have a request for such a target as their last one. */
  open(prefix: string): number
  /** The most that were open at once. */
  most(prefix: string): number
  /** How many connections were open at once at most. */
  readonly connections: number
  close(): Promise<void>
}

/**
 * Starts a proxy in front of a server on this machine.
 *
 * @param rate bytes a second that pass to a client on each connection. Default: as many as there are.
 */
export async function startRecordingProxy(
  port: number,
  rate = Number.POSITIVE_INFINITY,
): Promise<RecordingProxy> {
  const heads: RecordedHead[] = []
  const last = new Map<Socket, string>()
  const most = new Map<string, number>()
  const open = (prefix: string) => [...last.values()].filter((target) => target.startsWith(prefix)).length
  let connections = 0
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    last.set(client, '')
    connections = Math.max(connections, last.size)
    let text = ''
    const end = () => {
      client.destroy()
      upstream.destroy()
      last.delete(client)
    }
    // One that has said that it leaves is not open any more, even if the rest of what it was sent is on its way.
    client.on('end', () => last.delete(client))
    client.on('error', end).on('close', end)
    upstream.on('error', end).on('close', end)
    client.on('data', (bytes) => {
      upstream.write(bytes)
      // Requests without content follow each other head to head.
      text += bytes.toString('latin1')
      const found = text.split('\r\n\r\n')
      text = found.pop() ?? ''
      for (const head of found.map(readHead)) {
        heads.push(head)
        last.set(client, head.target)
        const [prefix = ''] = head.target.split('?')
        // Once all that is ready has been looked at: a connection that was closed before may come after this one.
        setImmediate(() => most.set(prefix, Math.max(most.get(prefix) ?? 0, open(prefix))))
      }
    })
    void passOn(upstream, client, rate)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const close = async () => {
    for (const client of last.keys()) client.destroy()
    server.close()
    await once(server, 'close')
  }
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    heads,
    open,
    most: (prefix) => most.get(prefix) ?? 0,
    get connections() {
      return connections
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function passOn(from: Socket, to: Socket, rate: number): Promise<void> {
  const step = Math.max(1, Math.floor(rate / 20))
  try {
    for await (const piece of from) {
      const bytes: Buffer = piece
      for (let at = 0; at < bytes.byteLength; at += step) {
        if (!to.write(bytes.subarray(at, at + step))) await once(to, 'drain')
        if (Number.isFinite(rate)) await sleep(50)
      }
    }
  } catch {
    // One of the two has gone.
  }
}

function readHead(head: string): RecordedHead {
  const [line = '', ...fields] = head.split('\r\n')
  const [method = '', target = ''] = line.split(' ')
  return {
    method,
    target,
    field: (name) =>
      fields
        .find((each) => each.toLowerCase().startsWith(`${name.toLowerCase()}:`))
        ?.slice(name.length + 1)
        .trim(),
  }
}
