// The packages `koa` and `koa-static` have no types. These cover what is used of them.
declare module 'koa' {
  import type { Server } from 'node:http'

  class Koa {
    use(middleware: unknown): Koa
    listen(port: number, hostname: string): Server
  }
  export = Koa
}

declare module 'koa-static' {
  function koaStatic(root: string): unknown
  export = koaStatic
}
