// A way to an origin on which requests take longer, in a process of its own, so that what passes delays no client.
import { connect, createServer } from 'node:net'

/** What the parent sends: where the way leads. It is answered with `true`. */
export interface Target {
  readonly host: string
  readonly port: number
}

const [port = '', delay = ''] = process.argv.slice(2)
let target: Target | undefined

const server = createServer((client) => {
  if (target === undefined) return void client.destroy()
  const upstream = connect(target)
  const end = () => {
    client.destroy()
    upstream.destroy()
  }
  client.setNoDelay().on('error', end).on('close', end)
  upstream.setNoDelay().on('error', end).on('close', end)
  client.on('data', (bytes) => setTimeout(() => upstream.write(bytes), Number(delay)))
  upstream.pipe(client)
})

process.on('message', (asked: Target) => {
  target = asked
  process.send?.(true)
})
server.listen(Number(port), '127.0.0.1', () => process.send?.(true))
