import { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ConnectionLimit, type ConnectionLimits } from './connection-limit.ts'
import { limitsOf } from './limits.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

class FakeSocket extends EventEmitter {
  destroyed = false
  readonly remoteAddress: string

  constructor(remoteAddress: string) {
    super()
    this.remoteAddress = remoteAddress
  }

  destroy(): void {
    this.destroyed = true
    this.emit('close')
  }
}

/** A server with limits, to which connections come when a test says so. */
function listen(limits: ConnectionLimits) {
  const server = createServer().removeAllListeners('connection')
  const limit = new ConnectionLimit(limits)
  limit.watch(server)
  return (remoteAddress = '192.0.2.1') => {
    const socket = new FakeSocket(remoteAddress) as unknown as Socket
    server.emit('connection', socket)
    return { socket, admission: limit.admission(socket) }
  }
}

it('refuses what is too much, and admits as many as have left', () => {
  const connect = listen({ maxConnections: 2 })
  const [first, second, third] = [connect(), connect(), connect()]
  expect([first, second, third].map(({ admission }) => admission)).toEqual([
    'admitted',
    'admitted',
    'refused',
  ])
  third.socket.destroy()
  expect(connect().admission).toBe('refused')
  first.socket.destroy()
  expect(connect().admission).toBe('admitted')
  expect(connect().admission).toBe('refused')
})

it('counts each IPv4 address and each /64 of IPv6 addresses', () => {
  const connect = listen({ maxConnectionsPerAddress: 1 })
  const first = connect('2001:db8::1')
  expect(first.admission).toBe('admitted')
  expect(connect('2001:db8::ffff').admission).toBe('refused')
  expect(connect('2001:db8:0:1::1').admission).toBe('admitted')
  expect(connect('192.0.2.1').admission).toBe('admitted')
  expect(connect('::ffff:192.0.2.1').admission).toBe('refused')
  first.socket.destroy()
  expect(connect('2001:db8::2').admission).toBe('admitted')
})

it('closes at once what comes while 64 are refused, and those after five seconds', () => {
  const connect = listen({ maxConnections: 1 })
  const all = Array.from({ length: 66 }, () => connect())
  expect(all.map(({ admission }) => admission)).toEqual([
    'admitted',
    ...Array.from({ length: 64 }, () => 'refused'),
    'dropped',
  ])
  expect(all.map(({ socket }) => socket.destroyed)).toEqual(
    all.map(({ admission }) => admission === 'dropped'),
  )
  vi.advanceTimersByTime(5000)
  expect(all.map(({ socket }) => socket.destroyed)).toEqual(
    all.map(({ admission }) => admission !== 'admitted'),
  )
  expect(connect().admission).toBe('refused')
})

it.each([
  ['rate', 0],
  ['rate', -1],
  ['rate', Number.NaN],
  ['totalRate', Number.POSITIVE_INFINITY],
  ['maxConnections', 0],
  ['maxConnections', 1.5],
  ['maxConnectionsPerAddress', -3],
])('%s cannot be %d', (name, value) => {
  expect(() => limitsOf({ [name]: value })).toThrow(RangeError)
  expect(() => limitsOf({ [name]: value })).toThrow(`${name} must be a positive`)
})

it('there are no limits where none is asked for', () => {
  expect(limitsOf({})).toBeUndefined()
  expect(limitsOf({ rate: undefined, maxConnections: undefined })).toBeUndefined()
})
