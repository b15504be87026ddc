/** The document as its readers see it: HEAD with GET, references resolved, nested values in one list. */
import { API } from './document.ts'
import { type Answer, METHODS, type Operation, type Schema } from './types.ts'

/** One method of a path, with what is the same for HEAD. */
export interface Endpoint {
  readonly path: string
  /** In capitals. */
  readonly method: string
  /** Whether HEAD is described too. */
  readonly hasHead: boolean
  readonly operation: Operation
}

/** A tag and what has it. */
export interface Chapter {
  readonly name: string
  readonly description: string
  readonly endpoints: readonly Endpoint[]
}

/** The document in chapters, in its order. */
export function readChapters(): Chapter[] {
  const endpoints = Object.entries(API.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method): Endpoint[] => {
      const operation = item[method]
      if (operation === undefined || method === 'head') return []
      return [{ path, method: method.toUpperCase(), hasHead: method === 'get' && 'head' in item, operation }]
    }),
  )
  return API.tags.map((tag) => ({
    ...tag,
    endpoints: endpoints.filter(({ operation }) => operation.tags.includes(tag.name)),
  }))
}

/** A schema without a reference. */
export function resolved({ $ref, ...rest }: Schema): Schema {
  if ($ref === undefined) return rest
  return { ...API.components.schemas[$ref.replace(/^.*\//, '')], ...rest }
}

/** A value in JSON: `entries[].growing.frontier`. */
export interface Row {
  readonly name: string
  readonly type: string
  readonly isRequired: boolean
  readonly description: string
}

/** The values of an object, and those in them. */
export function rowsOf(schema: Schema, prefix = ''): Row[] {
  const { properties = {}, required = [] } = resolved(schema)
  return Object.entries(properties).flatMap(([key, each]) => {
    const value = resolved(each)
    const name = `${prefix}${key}`
    const row = {
      name,
      type: typeOf(each),
      isRequired: required.includes(key),
      description: value.description ?? '',
    }
    const inner =
      value.type === 'array' ? ([value.items ?? {}, `${name}[].`] as const) : ([value, `${name}.`] as const)
    return [row, ...rowsOf(...inner)]
  })
}

/** A type in a word or two. */
export function typeOf(schema: Schema): string {
  const { type = 'any', items, minimum, maximum } = resolved(schema)
  if (type === 'array' && items !== undefined) return `array of ${plural(typeOf(items))}`
  if (type === 'integer' && maximum !== undefined) return `integer, ${minimum} to ${maximum}`
  return type
}

function plural(type: string): string {
  return `${type.replace(/,.*/, '')}s`
}

/** What a schema allows besides its type, as code: values to choose from. */
export function choicesOf(schema: Schema): readonly string[] {
  const { enum: choices = [], const: only } = resolved(schema)
  return only === undefined ? choices : [String(only)]
}

/** What the body of an answer consists of: its own values, or those of each event of a stream. */
export function bodiesOf({
  content = {},
}: Answer): { readonly name: string; readonly rows: readonly Row[] }[] {
  return Object.entries(content)
    .flatMap(([type, { schema, 'x-events': events = {} }]) => [
      ...(schema === undefined ? [] : [{ name: type, rows: rowsOf(schema) }]),
      ...Object.entries(events).map(([name, event]) => ({ name: `event: ${name}`, rows: rowsOf(event) })),
    ])
    .filter(({ rows }) => rows.length > 0)
}

/** The example of a body as text. */
export function exampleOf(example: unknown): string {
  return typeof example === 'string' ? example : JSON.stringify(example, null, 2)
}
