import type { Fields, MaybePromise, PlanOptions, RepresentationInfo } from '@rangekit/range-core'
import type { RespondOptions } from './respond.ts'
import type { TransferListener } from './transfer.ts'

/** Options of `createHandler`. Those of the plan that are not listed here are passed on to it. */
export interface HandlerOptions
  extends Omit<PlanOptions, 'now' | 'boundary' | 'cacheControl' | 'fields' | 'everyField'>,
    Pick<RespondOptions, 'readFirst'> {
  /**
   * The path that everything with a key is below, such as `/api/stream`, spelled as in URLs in normal form. Default:
   * the path at which the server has mounted the handler, if it says so, as `toNodeHandler` of `@rangekit/server` does;
   * otherwise `/`.
   */
  readonly prefix?: string | undefined
  /**
   * The key that a request names, for example from a router's parameters; `undefined` is answered with a 404. What it
   * throws is answered with a 500. Default: `keyFromPath` of what is below `prefix`.
   */
  readonly key?: ((request: Request) => string | undefined) | undefined
  /**
   * Whether a request may have what its key names, asked before the source is opened: `false` is answered with a 403,
   * and a Response is the response. What it throws is answered with a 500. OPTIONS is not asked about, because a
   * preflight has no credentials. Default: everything is allowed.
   */
  readonly authorize?: ((request: Request, key: string) => MaybePromise<boolean | Response>) | undefined
  /**
   * Cache-Control of every 200, 206 and 304, or what it is for a representation. A representation whose own says
   * `no-store` keeps it. Default, also for `undefined`: the representation's own, if it has one.
   */
  readonly cacheControl?:
    | string
    | ((key: string, found: RepresentationInfo) => string | undefined)
    | undefined
  /**
   * Further fields of a 200 or 206, and of them those of a 304 that 9110 §15.4.5 demands, such as Vary. Names are
   * compared without case; those that the plan decides, such as Content-Length, are ignored. What it throws is answered
   * with a 500. Default: none.
   */
  readonly fields?: ((request: Request, key: string, found: RepresentationInfo) => Fields) | undefined
  /** The text of a 404, the `detail` in its JSON body. Default: `Not found`. */
  readonly notFound?: string | undefined
  /**
   * Called with the cause of every 500 and 503, and with faults in closing that come too late for one; never for what a
   * client did. What it throws goes to the console. Default: writes to the console, at most one line a second for a
   * busy source.
   */
  readonly onError?: ((error: unknown, request: Request) => void) | undefined
  /**
   * Called once for each request, when its response is known; what it returns is called when that has ended. Default:
   * nobody listens, and nothing is recorded.
   */
  readonly onTransfer?: TransferListener | undefined
}
