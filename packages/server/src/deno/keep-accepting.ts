import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import { isDeno } from '../runtime.ts'

/** How often to check, in milliseconds. */
const INTERVAL = 500

/**
 * On Deno, listens again after the server has stopped accepting. When descriptors run out, Deno gives up accepting for
 * good and without an error, and connections wait in the kernel for ever. The sign of it is a listening socket on which
 * connections waited for a whole interval while none was accepted. Open connections are not affected; waiting ones are
 * reset.
 *
 * Works on Linux only, which shows how many connections wait. Does nothing on other runtimes.
 *
 * @returns a function that stops the checks.
 */
export function keepAccepting(server: Server, port: number, host: string): () => void {
  if (!isDeno) return () => {}
  let hasAccepted = false
  let hadWaiting = false
  let isListening = true
  let isOver = false
  server.on('connection', () => {
    hasAccepted = true
  })
  const check = async () => {
    const isStuck = !isListening || ((await hasWaiting(port)) && !hasAccepted)
    if (isOver) return
    if (isStuck && hadWaiting) {
      if (isListening) NetServer.prototype.close.call(server)
      isListening = false
      // There may still be no descriptor for it; then the next check tries again.
      server.listen({ port, host }, () => {
        isListening = true
      })
    }
    hadWaiting = isStuck
    hasAccepted = false
  }
  let timer: NodeJS.Timeout
  // Not setInterval: on a busy machine checks are slow, and two that end at once have no interval between them.
  const checkLater = () => {
    timer = setTimeout(async () => {
      await check()
      if (!isOver) checkLater()
    }, INTERVAL).unref()
  }
  checkLater()
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

/** Whether connections to a listening port (state 0A) wait to be accepted. */
async function hasWaiting(port: number): Promise<boolean> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const waiting = new RegExp(`^\\s*\\d+: [\\dA-F]+:${hex} [\\dA-F]+:0000 0A \\d+:0*[1-9A-F]`, 'm')
  const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6'].map((path) =>
    readFile(path, 'latin1').catch(() => ''),
  )
  return (await Promise.all(tables)).some((table) => waiting.test(table))
}
