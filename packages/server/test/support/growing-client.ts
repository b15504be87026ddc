import { positionBytes } from '@rangekit/test-kit/bytes'
import { openSocket } from '@rangekit/test-kit/raw'
import { type CommandLine, ENGINES } from '@rangekit/test-kit/runtimes'
import { type StartedServer, startCommand } from '@rangekit/test-kit/start-server'
import { expect } from 'vitest'

const poison = new URL('poison.ts', import.meta.url).pathname

/** The runtime that the tests run on. */
export const runtime = process.env['RANGEKIT_RUNTIME'] ?? 'node'

export type Way = 'pooled' | 'streams' | 'foreign'

/** What the server tells of a key. */
interface State {
  /** Representations that are open. */
  readonly open: number
  /** Waits under way. */
  readonly waiting: number
  /** How its transfers ended. */
  readonly ends: readonly string[]
  /** The memory of the server. */
  readonly rss: number
}

export interface GrowingServer extends StartedServer {
  /** Begins something new of which nothing is written. */
  begin(length: number, isLengthKnown: boolean): Promise<GrowingKey>
}

export interface GrowingKey {
  readonly key: string
  /** All bytes that will be written. */
  readonly whole: Uint8Array
  /** Tells the writer to `reach=N`, `finish` or `fail`. Default: nothing. */
  order(order?: string): Promise<State>
  /** Waits until the server says so. */
  expectState(state: Partial<State>): Promise<void>
}

/**
 * Starts a server for what grows on the runtime under test. Each pooled buffer is overwritten when it is given back.
 *
 * @param writeTimeout in seconds. Default: 300.
 */
export async function startGrowingServer(way: Way, writeTimeout = 300): Promise<GrowingServer> {
  const server = await startScript('growing-server.ts', way, String(writeTimeout))
  let keys = 0
  return Object.assign(server, {
    async begin(length: number, isLengthKnown: boolean): Promise<GrowingKey> {
      const key = `${++keys}.bin`
      const order = async (order = ''): Promise<State> => {
        const response = await fetch(`${server.origin}/~/${key}?${order}`)
        return (await response.json()) as State
      }
      await order(`length=${length}&known=${isLengthKnown}`)
      return {
        key,
        whole: positionBytes(length),
        order,
        expectState: (state) => expect.poll(() => order(), { interval: 5 }).toMatchObject(state),
      }
    },
  })
}

/** Runs a script of this folder on the runtime under test, with buffers that are overwritten once given back. */
export function commandOf(script: string, ...args: string[]): CommandLine {
  const [engine = ENGINES.node] = Object.entries(ENGINES).flatMap(([name, line]) =>
    name === runtime ? [line] : [],
  )
  const preload = runtime === 'node' ? '--import' : '--preload'
  return [...engine, preload, poison, new URL(script, import.meta.url).pathname, ...args]
}

/** Starts a script that serves. */
export function startScript(script: string, ...args: string[]): Promise<StartedServer> {
  return startCommand(commandOf(script, ...args))
}

/** A connection, and all that has come on it. */
export interface Client {
  /** Everything so far, heads and framing included. */
  readonly received: Buffer
  /** How the server ended it; `undefined` while it is open. */
  readonly end: 'end' | 'reset' | undefined
  write(text: string): void
  pause(): void
  resume(): void
  leave(): void
}

export async function openClient(port: number): Promise<Client> {
  const socket = await openSocket(port)
  let received = Buffer.alloc(0)
  let end: Client['end']
  socket
    .on('data', (piece) => {
      received = Buffer.concat([received, piece])
    })
    .once('end', () => {
      end = 'end'
    })
    .once('error', () => {
      end = 'reset'
    })
  return {
    get received() {
      return received
    },
    get end() {
      return end
    },
    write: (text) => void socket.write(text),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    leave: () => void socket.destroy(),
  }
}
