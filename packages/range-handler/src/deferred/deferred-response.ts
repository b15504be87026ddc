import type { DeferredBody } from '../body/deferred-body.ts'
import { streamBody } from '../body/stream-body.ts'

/** A body on its way through an app, carried by a response or by the stream that was made of it. */
export interface Deferred {
  /** The plan and the open representation. */
  readonly body: DeferredBody
  /** The response's fields, if they were looked at; otherwise the plan's apply. */
  readonly headers?: Headers | undefined
  /** The body as a stream, if it was asked for. */
  readonly stream?: ReadableStream | undefined
}

const DEFERRED = Symbol('deferred')

/** A response or a stream that may have been made here. */
interface Carrier {
  readonly [DEFERRED]?: Deferred
}

/**
 * A Response whose body becomes a stream on first use, and whose fields become `Headers` on first use. Everyone else
 * sees an ordinary Response.
 */
class DeferredResponse extends Response implements Carrier {
  readonly [DEFERRED]: { body: DeferredBody; headers?: Headers; stream?: ReadableStream }
  #whole: Response | undefined

  constructor(body: DeferredBody) {
    const { status, headers } = body.plan
    super(null, { status, headers })
    this[DEFERRED] = { body }
  }

  override get headers(): Headers {
    const headers = super.headers
    this[DEFERRED].headers = headers
    return headers
  }

  /** The same with its body as a stream. */
  get #response(): Response {
    if (this.#whole === undefined) {
      const deferred = this[DEFERRED]
      const { status, segments } = deferred.body.plan
      if (segments.length > 0) {
        deferred.stream = Object.assign(streamBody(deferred.body), { [DEFERRED]: deferred })
      }
      this.#whole = new Response(deferred.stream ?? null, { status, headers: this.headers })
    }
    return this.#whole
  }

  override get body() {
    return this.#response.body
  }
  override get bodyUsed() {
    return this.#whole?.bodyUsed ?? false
  }
  override clone() {
    return this.#response.clone()
  }
  override arrayBuffer() {
    return this.#response.arrayBuffer()
  }
  override blob() {
    return this.#response.blob()
  }
  override bytes() {
    return this.#response.bytes()
  }
  override formData() {
    return this.#response.formData()
  }
  override json() {
    return this.#response.json()
  }
  override text() {
    return this.#response.text()
  }
}

/** A response that carries a deferred body through an app. */
export function deferredResponse(body: DeferredBody): Response {
  // A server may have replaced the global Response with a cheaper one since this module was loaded, as
  // @hono/node-server does: extend that one.
  if (Object.getPrototypeOf(DeferredResponse) !== Response) {
    Object.setPrototypeOf(DeferredResponse, Response)
    Object.setPrototypeOf(DeferredResponse.prototype, Response.prototype)
  }
  return new DeferredResponse(body)
}

/**
 * The deferred body that a response carries, or a stream that was made of it; `undefined` if there is none. The body
 * may have been read: see {@link isUntouched}.
 *
 * @example
 * deferredOf(new Response('text')) // undefined
 */
export function deferredOf(
  carrier: (Response & Carrier) | (ReadableStream & Carrier) | null,
): Deferred | undefined {
  return carrier?.[DEFERRED]
}

/** Whether nothing has begun to read a deferred body: a server may still read it into its own buffers. */
export function isUntouched({ body, stream }: Deferred): boolean {
  return !body.representation.begun && stream?.locked !== true
}
