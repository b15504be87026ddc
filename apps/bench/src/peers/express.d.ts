// The package `express` has no types. These cover what is used of it.
declare module 'express' {
  import type { RequestListener, Server } from 'node:http'

  interface Application {
    use(middleware: RequestListener): Application
    listen(port: number, hostname: string): Server
  }
  function express(): Application
  namespace express {
    function static(root: string): RequestListener
  }
  export = express
}
