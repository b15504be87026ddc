import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseEntityTag } from '@rangekit/range-core'
import { blobSource, createHandler } from '@rangekit/range-handler'
import { toNodeHandler } from '@rangekit/server'

/** Serves files from memory, and remembers what was read of them. */
export interface FileServer {
  /** Puts a file, or another version of it, and returns its URL. */
  put(name: string, bytes: Uint8Array<ArrayBuffer>): string
  /** Requests and bytes of their answers since the last call. */
  take(): { readonly requests: number; readonly bytes: number }
  stop(): Promise<void>
}

export async function startFileServer(): Promise<FileServer> {
  const files = new Map<string, { readonly data: Uint8Array<ArrayBuffer>; readonly version: number }>()
  let seen = { requests: 0, bytes: 0 }
  const source = blobSource((key) => {
    const file = files.get(key)
    return file && { data: file.data, etag: parseEntityTag(`"${file.version}"`) }
  })
  const handler = createHandler(source, {
    onTransfer({ length }) {
      seen = { requests: seen.requests + 1, bytes: seen.bytes + (length ?? 0) }
    },
  })
  const server = createServer(toNodeHandler(handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    put(name, data) {
      files.set(name, { data, version: (files.get(name)?.version ?? 0) + 1 })
      return `http://127.0.0.1:${port}/${name}`
    },
    take() {
      const taken = seen
      seen = { requests: 0, bytes: 0 }
      return taken
    },
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
