import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'

/** `fetch` for hosts that no name server knows: it connects to 127.0.0.1, and sends the Host of the URL. */
export const fetchLocally = (async (url: string, { method, headers, signal }: RequestInit) => {
  const { host, port, pathname, search } = new URL(url)
  const fields = { ...(headers as Record<string, string>), host }
  const path = pathname + search
  const options = { port, path, method, headers: fields, ...(signal && { signal }) }
  const [message]: IncomingMessage[] = await once(
    request({ host: '127.0.0.1', ...options }).end(),
    'response',
  )
  if (message === undefined) throw new Error('There is no response')
  const body = Readable.toWeb(message) as ReadableStream<Uint8Array>
  return new Response(body, {
    status: message.statusCode ?? 0,
    headers: message.headers as Record<string, string>,
  })
}) as typeof fetch
