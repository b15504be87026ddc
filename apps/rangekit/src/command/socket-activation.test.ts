import { expect, it } from 'vitest'
import { inheritedSocket } from './socket-activation.ts'

const PID = String(process.pid)

it.each([
  ['is used', { LISTEN_PID: PID, LISTEN_FDS: '1' }, 1, true, { fd: 3, host: '0.0.0.0' }],
  ['is not looked for without systemd', {}, 1, true, {}],
  ['of another process is left alone', { LISTEN_PID: '1', LISTEN_FDS: '1' }, 1, true, {}],
  [
    'that is one of several is refused',
    { LISTEN_PID: PID, LISTEN_FDS: '2' },
    1,
    true,
    { problem: 'systemd has opened 2 sockets; the command takes one' },
  ],
  [
    'is refused on other runtimes than Node',
    { LISTEN_PID: PID, LISTEN_FDS: '1' },
    1,
    false,
    { problem: 'a socket of systemd needs Node' },
  ],
  [
    'is refused with several workers',
    { LISTEN_PID: PID, LISTEN_FDS: '1' },
    2,
    true,
    { problem: '--workers cannot share a socket of systemd' },
  ],
] as const)('a socket of systemd %s', (_, env, workers, isNode, expected) => {
  expect(inheritedSocket(workers, env, isNode)).toEqual(expected)
})
