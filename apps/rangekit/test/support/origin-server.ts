import { createApp } from '@rangekit/hono-server'
import { fileSource } from '@rangekit/node-fs-source'
import { serve } from '@rangekit/server'
import { makeFolder } from '@rangekit/test-kit/folder'

/** A web server in the process of the test, whose requests are counted: what a place is read from. */
export async function startOrigin() {
  const folder = makeFolder()
  const app = createApp({ source: fileSource(folder.path) })
  let reads = 0
  let isAsked: (request: Request) => Response | undefined = () => undefined
  const server = await serve({
    port: 0,
    fetch: (request) => {
      if (request.method === 'GET') reads++
      return isAsked(request) ?? app.fetch(request)
    },
  })
  return {
    folder,
    /** The URL below which its files are. */
    url: `http://127.0.0.1:${server.port}/api/stream/`,
    /** How many GET requests came since the last call. */
    takeReads() {
      const count = reads
      reads = 0
      return count
    },
    /** Answers some requests in place of the files. */
    answerWith(answer: (request: Request) => Response | undefined) {
      isAsked = answer
    },
    async stop() {
      await server.stop(0)
      folder.remove()
    },
  }
}
