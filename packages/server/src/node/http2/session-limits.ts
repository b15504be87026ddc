import type { ServerOptions } from 'node:http2'

/** How many requests of one connection may be under way, as in most servers. */
const MAX_STREAMS = 100

/** What one connection may do to the server. Each limit ends only the connection that exceeds it. */
export const SESSION_OPTIONS = {
  settings: {
    enablePush: false,
    maxConcurrentStreams: MAX_STREAMS,
    // Of one request, as Node limits heads of HTTP/1.1.
    maxHeaderListSize: 16 * 1024,
  },
  // Node counts 32 bytes for each field, and closes the stream past this.
  maxHeaderListPairs: 200,
  // In MiB, of heads and frames that wait; bodies are counted elsewhere.
  maxSessionMemory: 4,
  // Frames that break the protocol, or have no effect, such as empty DATA (CVE-2019-9518).
  maxSessionInvalidFrames: 100,
  maxSettings: 32,
  // Resets by the client (CVE-2023-44487): so many at once, then so many a second. A page that is left resets all its
  // requests, a player one for each seek.
  streamResetBurst: 300,
  streamResetRate: 30,
} as const satisfies ServerOptions & { readonly [name: string]: unknown }
