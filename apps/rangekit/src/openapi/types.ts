/** The part of OpenAPI 3.1 that the description of the API uses, with what it always has. */
export interface ApiDocument {
  readonly openapi: '3.1.1'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string; readonly description: string }[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, PathItem>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** Methods that are described. */
export const METHODS = ['get', 'head', 'options'] as const
export type Method = (typeof METHODS)[number]

export type PathItem = Readonly<Partial<Record<Method, Operation>>>

export interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly parameters: readonly Parameter[]
  /** By status. */
  readonly responses: Readonly<Record<string, Answer>>
  /** Programs that call it, as other tools for OpenAPI name them. */
  readonly 'x-codeSamples'?: readonly CodeSample[]
}

/** A program. Its server is {@link SAMPLE_SERVER}, its file {@link SAMPLE_FILE}. */
export interface CodeSample {
  readonly lang: 'Shell' | 'JavaScript' | 'Python' | 'HTML'
  readonly label: string
  readonly source: string
}

/** The address in programs; a page puts its own in its place. */
export const SAMPLE_SERVER = 'http://127.0.0.1:8001'
/** The file in programs. */
export const SAMPLE_FILE = 'film.mp4'

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly description: string
  readonly required?: boolean
  readonly schema: Schema
  readonly example?: string | number
}

export interface Answer {
  readonly description: string
  /** By name. */
  readonly headers?: Readonly<Record<string, Field>>
  /** By media type. */
  readonly content?: Readonly<Record<string, Content>>
}

/** A field of a response. */
export interface Field {
  readonly description: string
  /** Whether each such response has it. */
  readonly required?: boolean
  readonly schema: Schema
  readonly example?: string | number
}

export interface Content {
  /** Absent for bytes of any kind. */
  readonly schema?: Schema
  readonly example?: unknown
  /** Of an event stream: the data of each event, by its name. */
  readonly 'x-events'?: Readonly<Record<string, Schema>>
}

/** A schema of JSON, or of the text of a field or parameter. */
export interface Schema {
  readonly $ref?: string
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: false | Schema
  readonly items?: Schema
  readonly enum?: readonly string[]
  readonly const?: string | boolean
  readonly default?: string | number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly maxLength?: number
  readonly pattern?: string
}
