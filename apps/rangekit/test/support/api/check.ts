import { headerValue, type RawResponse } from '@rangekit/conformance'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { API } from '../../../src/openapi/document.ts'
import type { Answer, Content, Field, Schema } from '../../../src/openapi/types.ts'

/** What is checked of a response. */
export type Answered = Pick<RawResponse, 'status' | 'headers' | 'body'>

/** Fields of messages and connections, which are not documented for each answer. */
const GENERAL = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
  'x-content-type-options',
])

const ajv = new Ajv2020({ allErrors: true, strictTypes: false }).addVocabulary(['components'])
const compiled = new Map<Schema, ValidateFunction>()

/** What is wrong with a value, by a schema that may refer to those of the document. */
export function schemaFaults(schema: Schema, value: unknown): string[] {
  // References are resolved in the schema itself.
  const validate = compiled.get(schema) ?? ajv.compile({ ...schema, components: API.components })
  compiled.set(schema, validate)
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** What of a response differs from its documentation. */
export function answerFaults(documented: Answer, response: Answered, type?: string): string[] {
  return [
    ...fieldFaults(documented.headers ?? {}, response),
    ...bodyFaults(documented.content ?? {}, response, type),
  ]
}

function fieldFaults(documented: Readonly<Record<string, Field>>, { headers }: Answered): string[] {
  const known = new Set(Object.keys(documented).map((name) => name.toLowerCase()))
  const unknown = headers.filter(
    ({ name }) => !GENERAL.has(name.toLowerCase()) && !known.has(name.toLowerCase()),
  )
  return [
    ...unknown.map(({ name, value }) => `has ${name}: ${value}, which is not documented`),
    ...Object.entries(documented).flatMap(([name, { required, schema }]) => {
      const value = headerValue(headers, name)
      if (value === undefined) return required ? [`lacks ${name}`] : []
      return schemaFaults(schema, schema.type === 'integer' ? Number(value) : value).map(
        (fault) => `${name}: ${value}:${fault}`,
      )
    }),
  ]
}

function bodyFaults(
  documented: Readonly<Record<string, Content>>,
  { headers, body }: Answered,
  wanted = Object.keys(documented)[0],
): string[] {
  const sent = headerValue(headers, 'content-type')?.replace(/;.*/s, '')
  const content = wanted === undefined ? undefined : documented[wanted]
  if (wanted === undefined || content === undefined) {
    return body.length === 0 ? [] : [`has a body that is not documented: ${body.toString('latin1', 0, 80)}`]
  }
  if (sent === undefined || !isOfType(sent, wanted)) return [`is ${sent}, not ${wanted}`]
  if (body.length === 0) return ['has no body']
  if (content.schema === undefined) return []
  const text = body.toString()
  if (content['x-events'] !== undefined) return eventFaults(content['x-events'], text)
  return schemaFaults(content.schema, wanted === 'application/json' ? JSON.parse(text) : text)
}

function isOfType(sent: string, documented: string): boolean {
  const [type, subtype] = documented.split('/')
  return type === '*' || (subtype === '*' ? sent.startsWith(`${type}/`) : sent === documented)
}

/** What is wrong with the data of the events of a stream. */
function eventFaults(events: Readonly<Record<string, Schema>>, text: string): string[] {
  return [...text.matchAll(/^event: (.*)\ndata: (.*)$/gm)].flatMap(([, name = '', data = '']) =>
    schemaFaults(events[name] ?? { enum: [] }, JSON.parse(data)),
  )
}
