import { normalizeTarget } from './request-target.ts'
import { keyFromPath, pathOf } from './resource-key.ts'

const MOUNT_PATH = Symbol('mount path')

/** A symbol property: a WeakMap entry per request dominated GC time for small responses. */
interface MountedRequest extends Request {
  [MOUNT_PATH]?: string
}

/**
 * For a server: says at which path of the request's URL the handler is mounted, before the handler sees the request.
 * A handler without a `prefix` takes what is below it for the key.
 *
 * @param path spelled as in the URL, such as `/api/stream`; a slash at its end makes no difference.
 * @example
 * const mounted = new Request('http://localhost/api/stream/film.mp4')
 * setMountPath(mounted, '/api/stream')
 * const response = await createHandler(source)(mounted)
 * response.status // 200
 */
export function setMountPath(request: MountedRequest, path: string): void {
  request[MOUNT_PATH] = path
}

/**
 * How a handler reads the key from a request.
 *
 * @param options `key` wins over `prefix`, and that over the mount path.
 * @throws TypeError if `prefix` is not a path in normal form: everything would be a 404.
 */
export function keyReader({ key, prefix }: KeyOptions): (request: Request) => string | undefined {
  if (prefix !== undefined && (!PREFIX.test(prefix) || normalizeTarget(prefix) !== prefix)) {
    throw new TypeError(`prefix must be a path in normal form, such as /api/stream, not ${prefix}`)
  }
  return key ?? ((request: MountedRequest) => keyFromPath(pathOf(request.url), prefix ?? request[MOUNT_PATH]))
}

/** What names a key, see `HandlerOptions`. */
interface KeyOptions {
  readonly key?: ((request: Request) => string | undefined) | undefined
  readonly prefix?: string | undefined
}

const PREFIX = /^\/(?:[^/?#]+\/)*[^/?#]*$/
