// The package `send` has no types. These cover what is used of it.
declare module 'send' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  function send(
    request: IncomingMessage,
    path: string,
    options: { readonly root: string },
  ): { pipe(response: ServerResponse): void }
  export = send
}
