import manifest from '../../package.json' with { type: 'json' }
import { LIBRARY_PATHS } from './paths/library.ts'
import { MEDIA_PATHS } from './paths/media.ts'
import { PAGE_PATHS } from './paths/pages.ts'
import { SERVICE_PATHS } from './paths/service.ts'
import { STREAM_PATHS } from './paths/stream.ts'
import { SCHEMAS } from './schemas.ts'
import type { ApiDocument } from './types.ts'

/** The HTTP API of the command, as OpenAPI 3.1. It does not depend on flags: the descriptions name those that matter. */
export const API: ApiDocument = {
  openapi: '3.1.1',
  info: {
    title: 'Rangekit',
    version: manifest.version,
    description: `What \`rangekit\` serves: the bytes of files with range requests, the folder as JSON, and pages.

A **key** is the path of a file below the folder, with \`/\` between its segments. In a URL each segment is percent-encoded. Links in responses are relative to the root of the server: resolve them against its URL, including the path of a proxy.

Where GET is described, HEAD gets the same response without a body. Errors are JSON, \`{"detail":"..."}\`; a 405, the 412 and 416 of files, and the response to what is not valid HTTP have no body.

With \`--secret-file\`, files need a signed link, and everything else that names files a **grant**: the parameter \`grant\`, a signed link to a page. Links in responses are signed until the same moment, those to HLS and DASH playlists for the folder they are in, and responses are \`private\`.

With \`--auth\` or \`--auth-file\`, requests send a user name and a password (Basic), or a signed link: \`curl -u USER\` asks for the password. Everything but \`/healthz\`, \`/readyz\` and the assets of pages is a 401 otherwise.

With \`--max-connections\` or \`--max-connections-per-address\`, a connection past that gets a 503 with \`Retry-After\` on every path, and ends. With a password, a check of one has a 503 as well while too many others wait.`,
  },
  servers: [{ url: '.', description: 'The server that this description is from, behind any prefix.' }],
  tags: [
    { name: 'Streaming', description: 'The bytes of files.' },
    { name: 'Library', description: 'What is in the folder, and what changes in it.' },
    { name: 'Media', description: 'What belongs to a file or a folder of films and music.' },
    { name: 'Service', description: 'The state of the server, and this description.' },
    { name: 'Pages', description: 'HTML for people.' },
  ],
  paths: { ...STREAM_PATHS, ...LIBRARY_PATHS, ...MEDIA_PATHS, ...SERVICE_PATHS, ...PAGE_PATHS },
  components: { schemas: SCHEMAS },
}
