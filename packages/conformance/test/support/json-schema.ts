/** The part of JSON Schema that vectors/schema.json uses. */
interface Schema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly type?: 'object' | 'array' | 'string' | 'boolean'
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

/** What is wrong with a value, each with its path; empty when it is valid. */
export function schemaErrors(value: unknown, schema: unknown): string[] {
  const root = schema as Schema
  return check(value, root, root, '')
}

function check(value: unknown, given: Schema, root: Schema, path: string): string[] {
  const schema = given.$ref === undefined ? given : (root.$defs?.[given.$ref.replace('#/$defs/', '')] ?? {})
  const errors: string[] = []
  const { type, pattern } = schema
  if (type !== undefined && typeOf(value) !== type) return [`${path}: not of type ${type}`]
  if (schema.enum !== undefined && !schema.enum.includes(value)) errors.push(`${path}: ${String(value)}`)
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(String(value)))
    errors.push(`${path}: ${pattern}`)
  if (schema.anyOf?.every((option) => check(value, option, root, path).length > 0)) {
    errors.push(`${path}: matches none of anyOf`)
  }
  if (Array.isArray(value) && schema.items !== undefined) {
    for (const [index, item] of value.entries())
      errors.push(...check(item, schema.items, root, `${path}/${index}`))
  }
  if (typeOf(value) === 'object') errors.push(...checkObject(Object(value), schema, root, path))
  return errors
}

function checkObject(value: Record<string, unknown>, schema: Schema, root: Schema, path: string): string[] {
  const missing = (schema.required ?? [])
    .filter((name) => !(name in value))
    .map((name) => `${path}: no ${name}`)
  const inside = Object.entries(value).flatMap(([name, member]) => {
    const expected = schema.properties?.[name]
    if (expected !== undefined) return check(member, expected, root, `${path}/${name}`)
    return schema.additionalProperties === false ? [`${path}: unknown ${name}`] : []
  })
  return [...missing, ...inside]
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
}
