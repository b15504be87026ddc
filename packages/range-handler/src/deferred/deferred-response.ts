import type { DeferredBody } from '../body/deferred-body.ts'
import { streamBody } from '../body/stream-body.ts'

/** A body on its way through an app, in a response or in the stream that was made of it. */
export interface Deferred {
  readonly body: DeferredBody
  /** The response's fields, if somebody has looked at them; else they are the plan's. */
  readonly headers?: Headers | undefined
  /** The body as a stream, if somebody has asked for one. */
  readonly stream?: ReadableStream | undefined
}

const DEFERRED = Symbol('deferred')

/** A response or a stream that may have been made here. */
interface Carrier {
  readonly [DEFERRED]?: Deferred
}

/**
 * A Response whose body becomes a stream only when somebody asks for it, and whose fields become `Headers` only when
 * somebody looks at them. Everyone else sees an ordinary Response.
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
  // A server may have put a cheaper Response in the global's place since this module was loaded, as @hono/node-server
  // does: what is made here is one of those.
  if (Object.getPrototypeOf(DeferredResponse) !== Response) {
    Object.setPrototypeOf(DeferredResponse, Response)
    Object.setPrototypeOf(DeferredResponse.prototype, Response.prototype)
  }
  return new DeferredResponse(body)
}

/** Takes out what a response carries, or the stream that was made of it. */
export function deferredOf(
  carrier: (Response & Carrier) | (ReadableStream & Carrier) | null,
): Deferred | undefined {
  return carrier?.[DEFERRED]
}

/** Whether a deferred body is as it was: nobody has begun to read it. */
export function isUntouched({ body, stream }: Deferred): boolean {
  return !body.representation.begun && stream?.locked !== true
}
