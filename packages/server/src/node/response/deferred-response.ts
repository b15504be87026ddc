import { type ResponsePlan, segmentLength } from '@rangekit/range-core'
import { type PlannedBody, streamBody } from '@rangekit/range-handler'
import { type FieldRecord, fieldRecord } from './field-names.ts'
import { dropStaleFields } from './stale-fields.ts'

/** A body to send from pooled buffers, under the status and the fields that all middleware agreed on. */
export interface Planned {
  readonly status: number
  readonly fields: Readonly<FieldRecord>
  readonly body: PlannedBody
}

/** Any other response. */
export interface Plain {
  readonly response: Response
  /** Those of its fields that are true of a body of so many bytes; of one whose length is not known before its end. */
  readonly fieldsFor: (length: number | undefined) => FieldRecord
}

/** The response that carries a plan through the app. */
export interface PlannedResponse extends Response {
  readonly plan: ResponsePlan
  readonly planned: PlannedBody
  /** The fields, unless nobody has looked at them: then they are the plan's. */
  readonly seenHeaders: Headers | undefined
  /** The body as a stream, where somebody has asked for one. */
  readonly stream: ReadableStream | undefined
}

/**
 * The class is made when it is first needed: by then @hono/node-server has put its own Response in the global's place,
 * which costs next to nothing as long as nobody looks into it.
 */
let PlannedResponseClass: (new (plan: ResponsePlan, body: PlannedBody) => PlannedResponse) | undefined

/**
 * A Response whose body only becomes a stream when somebody asks for it, and whose fields only become `Headers` when
 * somebody looks at them. Everyone else sees an ordinary Response.
 */
export function plannedResponse(plan: ResponsePlan, body: PlannedBody): PlannedResponse {
  PlannedResponseClass ??= makeClass()
  return new PlannedResponseClass(plan, body)
}

/**
 * What is to be sent: the planned body where it is still the response's and nobody has begun to read it, under whatever
 * head the middleware gave it; or else the response itself.
 *
 * @param offer what was planned for the same request, if anything was.
 */
export function settle(response: Response, offer: PlannedResponse | undefined): Planned | Plain {
  if (offer === undefined) return plain(response)
  const { plan, planned, stream } = offer
  const isUnread = !planned.representation.begun && !stream?.locked
  if (response === offer && isUnread) {
    const { seenHeaders } = offer
    const fields = seenHeaders === undefined ? plan.headers : withLength(fieldRecord(seenHeaders), planned)
    return { status: plan.status, fields, body: planned }
  }
  const fields = fieldsOf(response)
  if (stream !== undefined && isUnread && response.body === stream) {
    return { status: response.status, fields: withLength(fields, planned), body: planned }
  }
  return {
    response,
    fieldsFor(length) {
      // Read from the planned body, what has its length is most likely the same.
      const isSame = !isUnread && (length === undefined || length === lengthOf(planned))
      return dropStaleFields(fields, plan, response.status, isSame)
    },
  }
}

/** A response for which nothing was planned. */
export function plain(response: Response): Plain {
  const fields = fieldsOf(response)
  return { response, fieldsFor: () => fields }
}

/**
 * The fields of a response. To be asked for before its body, for Bun forgets the type that a body brings with it; and
 * Hono's own Response, which knows none, must have become the runtime's by then.
 */
function fieldsOf(response: Response): FieldRecord {
  void response.bodyUsed
  const fields = fieldRecord(response.headers)
  // Bun gives text no type, and a browser would guess one. Elsewhere the type is there.
  if ('Bun' in globalThis && response.body !== null) fields['Content-Type'] ??= 'text/plain; charset=UTF-8'
  return fields
}

function lengthOf({ segments }: PlannedBody): number {
  return segments.reduce((sum, segment) => sum + segmentLength(segment), 0)
}

/** A middleware may have lost the length of a body, or changed it; its bytes are still those that were planned. */
function withLength(fields: FieldRecord, body: PlannedBody): FieldRecord {
  if (body.segments.length === 0) return fields
  const { 'Transfer-Encoding': _, ...others } = fields
  return { ...others, 'Content-Length': String(lengthOf(body)) }
}

function makeClass() {
  return class extends Response {
    readonly plan: ResponsePlan
    readonly planned: PlannedBody
    #hasSeenHeaders = false
    #stream: ReadableStream | undefined
    #whole: Response | undefined

    constructor(plan: ResponsePlan, body: PlannedBody) {
      super(null, { status: plan.status, headers: plan.headers })
      this.plan = plan
      this.planned = body
    }

    get seenHeaders(): Headers | undefined {
      return this.#hasSeenHeaders ? super.headers : undefined
    }

    get stream(): ReadableStream | undefined {
      return this.#stream
    }

    override get headers(): Headers {
      this.#hasSeenHeaders = true
      return super.headers
    }

    /** The same with its body as a stream. */
    get #response(): Response {
      if (this.#whole === undefined) {
        if (this.planned.segments.length > 0) this.#stream = streamBody(this.planned)
        this.#whole = new Response(this.#stream ?? null, { status: this.plan.status, headers: this.headers })
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
