import type { RawResponse } from '@rangekit/conformance'
import { blobSource } from '@rangekit/range-handler'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { run } from '@rangekit/test-kit/processes'
import { exchange } from '@rangekit/test-kit/raw'
import type { Document } from '@scalar/openapi-types/3.1'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { API } from '../src/openapi/document.ts'
import { type ApiDocument, METHODS, type Operation } from '../src/openapi/types.ts'
import { createSite } from '../src/site.ts'
import { type ApiCase, CASES } from './support/api/cases.ts'
import { answerFaults, schemaFaults } from './support/api/check.ts'
import { fillFolder } from './support/api/media.ts'
import { commandOf, PRINTED, SAMPLES } from './support/api/samples.ts'
import { startApiServers } from './support/api/servers.ts'

const folder = sharedFolder(fillFolder)
const servers = sharedServer(() => startApiServers(folder))

const operations = Object.entries(API.paths).flatMap(([path, item]) =>
  METHODS.flatMap((method) => {
    const operation = item[method]
    return operation === undefined ? [] : [{ method: method.toUpperCase(), path, operation }]
  }),
)

function operationOf({ path, method = 'GET' }: ApiCase): Operation | undefined {
  return operations.find((each) => each.path === path && each.method === method)?.operation
}

/** Sent as GET and as HEAD, where that is documented. */
const cases = CASES.flatMap((each): ApiCase[] => {
  const head = { ...each, method: 'HEAD' }
  const isBoth = each.method === undefined && each.type !== 'text/html'
  return isBoth && operationOf(head)?.responses[each.status] !== undefined ? [each, head] : [each]
})

const nameOf = ({ path, method = 'GET', status, type }: ApiCase) =>
  [method, path, status, ...(type === undefined || method === 'HEAD' ? [] : [type])].join(' ')

/** The paths of a route of Hono with a choice in it, such as `/api/:what{media|cover}/:key`. */
function alternatives(path: string): string[] {
  const [choice = '', words] = /:\w+\{([\w|]+)\}/.exec(path) ?? []
  return words === undefined ? [path] : words.split('|').map((word) => path.replace(choice, word))
}

type Mutable<T> = { -readonly [Name in keyof T]: Mutable<T[Name]> }

describe('the description of the API', () => {
  it('is valid OpenAPI 3.1, as served', async () => {
    const response = await fetch(`${servers.open.origin}/openapi.json`)
    const served: unknown = await response.json()
    expect(served).toEqual(JSON.parse(JSON.stringify(API)))
    // The compiler checks the names, the validator everything else.
    const document: Document = served as Mutable<ApiDocument>
    const { valid, errors } = await new Validator().validate(document)
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined })
  })

  it('has examples that its own schemas accept', () => {
    const faults = operations.flatMap(({ operation }) => [
      ...operation.parameters.flatMap(({ name, schema, example }) =>
        example === undefined ? [] : schemaFaults(schema, example).map((fault) => `${name}${fault}`),
      ),
      ...Object.values(operation.responses).flatMap(({ headers = {}, content = {} }) =>
        [...Object.entries(headers), ...Object.entries(content)].flatMap(([name, { schema, example }]) =>
          schema === undefined || example === undefined
            ? []
            : schemaFaults(schema, example).map((fault) => `${name}${fault}`),
        ),
      ),
    ])
    expect(faults).toEqual([])
  })

  it('has one name for each operation', () => {
    const names = operations.map(({ operation }) => operation.operationId)
    expect(new Set(names).size).toBe(names.length)
  })

  it('has summaries in plain text, which become headings', () => {
    expect(operations.filter(({ operation }) => /[`*]/.test(operation.summary))).toEqual([])
  })

  it('describes each route of the site', () => {
    const { routes } = createSite({ source: blobSource(() => undefined), inspect: true, index: true })
    const documented = operations.flatMap(({ method, path }) =>
      [method, 'ALL'].map((each) => `${each} ${path.replace(/\{.*/, '')}`),
    )
    const undocumented = routes
      .flatMap(({ method, path }) =>
        alternatives(path).map((each) => `${method} ${each.replace(/[*:].*/, '')}`),
      )
      .filter((route) => !documented.includes(route))
    expect(undocumented).toEqual([])
  })

  it('has a request of these tests for each answer', () => {
    const documented = operations.flatMap(({ method, path, operation }) =>
      Object.entries(operation.responses).flatMap(([status, { content = {} }]) => {
        const types = Object.keys(content)
        return types.length > 1
          ? types.map((type) => `${method} ${path} ${status} ${type}`)
          : [`${method} ${path} ${status}`]
      }),
    )
    expect([...new Set(cases.map(nameOf))].sort()).toEqual(documented.sort())
  })
})

const target = sharedFolder()

describe('the documented program runs:', () => {
  const programs = SAMPLES.filter(({ lang }) => lang !== 'HTML')

  it.each(programs.map((sample) => [sample.name, sample] as const))('%s', async (name, sample) => {
    const command = commandOf(sample, servers.open.origin)
    if (command === undefined) return
    const [file, ...args] = command
    const { code, stdout, stderr } = await run(file, args, { cwd: target.path })
    // curl ends with 28 when its time is over, as it has to for a stream without end.
    expect({ code, stderr }).toMatchObject({ code: name === 'getEvents curl' ? 28 : 0 })
    expect(stdout).toMatch(PRINTED[name] ?? /^It is not said what it prints$/)
  })
})

describe('the answer is as documented:', () => {
  it.each(cases.map((each) => [nameOf(each), each] as const))('%s', async (_, asked) => {
    const { method = 'GET', sentAs = method, target, fields, server = 'open', when, type } = asked
    const isEnough = ({ body }: Pick<RawResponse, 'body'>) =>
      body.includes('event: growth') && body.includes('event: folder')
    const send = () =>
      exchange(
        servers[server].port,
        `${sentAs} ${target}`,
        fields,
        target.startsWith('/api/events') ? { isEnough } : {},
      )
    const response = await (when === undefined ? send() : when(servers, send))
    expect(response?.status).toBe(asked.status)
    const documented = operationOf(asked)?.responses[asked.status]
    if (documented === undefined || response === undefined) throw new Error('It is not documented')
    expect(answerFaults(documented, response, type)).toEqual([])
  })
})
