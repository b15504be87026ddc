import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { takePort } from '@rangekit/test-kit/ports'
import { describe, expect, it } from 'vitest'
import { refused, runCommand } from './support/server.ts'

const folder = sharedFolder(({ put }) => put('a.txt', 'hello'))
const run = (args: readonly string[], state: string) =>
  runCommand([folder.path, '--port', '0', ...args], { XDG_STATE_HOME: resolve(folder.path, state) })

describe('a command that cannot serve over TLS ends with one line, if', () => {
  it('the certificate cannot be read', async () => {
    expect(await run(['--tls-cert', '/missing', '--tls-key', '/missing'], 'state')).toEqual(
      refused(/rangekit: the certificate file \/missing cannot be read/),
    )
  })

  it('the port for redirects is taken', async () => {
    const { port, close } = await takePort()
    expect(await run(['--tls', 'self', '--redirect-port', String(port)], 'state')).toEqual(
      refused(new RegExp(`rangekit: port ${port} is taken; choose another with --redirect-port`)),
    )
    await close()
  })

  it('the port for https is taken, and that for redirects is closed again', async () => {
    const { port, close } = await takePort()
    expect(
      await run(
        ['--tls', 'self', '--redirect-port', '0', '--port', String(port), '--metrics-port', '0'],
        'state',
      ),
    ).toEqual(refused(new RegExp(`rangekit: port ${port} is taken; choose another with --port`)))
    await close()
  })

  it('other options contradict each other, and makes no certificate then', async () => {
    expect(await run(['--tls', 'self', '--auth', 'a:b', '--metrics-host', '::1'], 'unused')).toEqual(
      refused(/rangekit: --metrics-host needs --metrics-port/),
    )
    expect(existsSync(folder.at('unused'))).toBe(false)
  })

  it.each(['a.txt', '/proc/none'])('its own certificate cannot be kept in %s', async (state) => {
    expect(await run(['--tls', 'self'], state)).toEqual(
      refused(/rangekit: the certificate of --tls self cannot be kept in \S+\/rangekit/),
    )
  })
})
