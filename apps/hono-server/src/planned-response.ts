import { type PlannedBody, type ResponsePlan, streamBody } from '@rangekit/range-core'

/** A body to send, under the status and the fields that all middleware agreed on. */
export interface Planned {
  readonly status: number
  readonly headers: Readonly<Record<string, string>> | Headers
  readonly body: PlannedBody
}

type PlannedResponse = Response & { settle(): Planned | Response }

/** Bodies by the streams that were made of them, for middleware that gives a body another head. */
const streams = new WeakMap<ReadableStream, PlannedBody>()
let hasStreams = false

/**
 * The class is made when it is first needed: by then @hono/node-server has put its own Response in the global's place,
 * which costs next to nothing as long as nobody looks into it.
 */
let PlannedResponseClass: (new (plan: ResponsePlan, body: PlannedBody) => PlannedResponse) | undefined

/**
 * A Response whose body is only made into a stream when somebody asks for it, and whose fields only become `Headers`
 * when somebody looks at them. To all others it is a Response like any.
 */
export function plannedResponse(plan: ResponsePlan, body: PlannedBody): Response {
  PlannedResponseClass ??= makeClass()
  return new PlannedResponseClass(plan, body)
}

/** What is to be sent for a response: the body behind it, if nobody has begun to read that, or a plain response. */
export function settle(response: Response): Planned | Response {
  if (PlannedResponseClass !== undefined && response instanceof PlannedResponseClass) return response.settle()
  // Looking at a body makes a response expensive; mostly there is nothing to find.
  if (!hasStreams || response.body === null || response.body.locked) return response
  const body = streams.get(response.body)
  streams.delete(response.body)
  return body === undefined ? response : { status: response.status, headers: response.headers, body }
}

function makeClass() {
  return class extends Response {
    readonly #plan: ResponsePlan
    readonly #body: PlannedBody
    #touched = false
    #stream: ReadableStream | undefined
    #whole: Response | undefined

    constructor(plan: ResponsePlan, body: PlannedBody) {
      super(null, { status: plan.status, headers: plan.headers })
      this.#plan = plan
      this.#body = body
    }

    settle(): Planned | Response {
      const { status, headers } = this.#plan
      if (this.#stream?.locked) return new Response(this.#response.body, { status, headers: this.headers })
      return { status, headers: this.#touched ? this.headers : headers, body: this.#body }
    }

    override get headers(): Headers {
      this.#touched = true
      return super.headers
    }

    /** The same with its body as a stream. */
    get #response(): Response {
      if (this.#whole === undefined) {
        if (this.#body.segments.length > 0) {
          this.#stream = streamBody(this.#body)
          streams.set(this.#stream, this.#body)
          hasStreams = true
        }
        this.#whole = new Response(this.#stream ?? null, { status: this.#plan.status, headers: this.headers })
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
}
