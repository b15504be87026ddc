/** A socket that another process has opened, as systemd does. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { endGroup, start } from '@rangekit/test-kit/processes'
import { expect, it, onTestFinished } from 'vitest'
import { commandOf, runtime } from '../support/growing-client.ts'

it('a descriptor is listened on by Node, and refused elsewhere', async () => {
  const inherited = createServer()
  await once(inherited.listen(0, '127.0.0.1'), 'listening')
  const { port } = inherited.address() as AddressInfo
  const [file, ...args] = commandOf('fd-server.ts')
  const fd: number = Reflect.get(Reflect.get(inherited, '_handle'), 'fd')
  const child = start(file, args, { stdio: ['ignore', 'pipe', 'inherit', fd] })
  onTestFinished(() => endGroup(child))
  const [line] = await once(child.stdout ?? child, 'data')
  // From now on only the child accepts.
  inherited.close()
  const isNode = runtime === 'node'
  expect(String(line)).toBe(isNode ? 'It listens\n' : 'TypeError: Only Node can listen on a descriptor\n')
  if (isNode) expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('inherited')
})
