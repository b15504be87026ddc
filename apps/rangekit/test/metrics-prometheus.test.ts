import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { makeFolder } from '@rangekit/test-kit/folder'
import { freePort } from '@rangekit/test-kit/ports'
import { run, start } from '@rangekit/test-kit/processes'
import { exchange } from '@rangekit/test-kit/raw'
import { findTool } from '@rangekit/test-kit/tools'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCommand, startServer, type TestServer } from './support/server.ts'

const DOCS = join(import.meta.dirname, '../../../docs')
const promtool = findTool('promtool', 'prometheus')
const prometheus = findTool('prometheus', 'prometheus')

const folder = sharedFolder(({ put }) => put('a.txt', 'hello'))

/** The expressions of the dashboard, with what Grafana puts in. */
const expressions = [
  ...new Set(expressionsIn(JSON.parse(readFileSync(join(DOCS, 'grafana-dashboard.json'), 'utf8')))),
].map((expression) =>
  expression.replaceAll('$__rate_interval', '1m').replaceAll(/"\$(?:job|instance)"/g, '".*"'),
)

function expressionsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'expr' && typeof inner === 'string' ? [inner] : expressionsIn(inner),
  )
}

/** A server of a folder with workers, and one that reads it through a cache: between them they have all metrics. */
const servers: TestServer[] = []
/** Where their metrics are. */
const ports: number[] = []
/** What a scrape of each gives, as plain text. */
let scrapes: string[] = []

beforeAll(async () => {
  const origin = await startServer(folder.path, { args: ['--workers', '2', '--metrics-port', '0'] })
  servers.push(origin)
  ports.push(Number(/^Metrics are at .+:(\d+)\/metrics$/m.exec(origin.stdout)?.[1]))
  const cached = await startCommand([`${origin.origin}/api/stream/`, '--port', '0', '--metrics'])
  servers.push(cached)
  ports.push(cached.port)
  for (let round = 0; round < 3; round++) {
    expect((await exchange(cached.port, 'GET /api/stream/a.txt', ['Range: bytes=1-2'])).body.toString()).toBe(
      'el',
    )
  }
  scrapes = await Promise.all(
    ports.map(async (port) => (await exchange(port, 'GET /metrics')).body.toString()),
  )
})

afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]()
})

/** What the scrapes say of each metric: its type, its labels and what it is. */
function described(): Map<string, string> {
  const lines = scrapes.join('\n').split('\n')
  const labelsOf = (name: string) => {
    const sample = lines.find((line) => line.startsWith(`${name}{`)) ?? ''
    return [...sample.matchAll(/(\w+)="/g)].map(([, label]) => `\`${label}\``).join(', ')
  }
  const rows = lines.flatMap((line) => {
    const [, name = '', help] = /^# HELP (\S+) (.+)$/.exec(line) ?? []
    const type = lines.find((each) => each.startsWith(`# TYPE ${name} `))?.split(' ')[3]
    return help === undefined
      ? []
      : [[name, `| \`${name}\` | ${type} | ${labelsOf(name)} | ${help} |`] as const]
  })
  return new Map(rows)
}

it('docs/observing.md lists the metrics that there are', () => {
  const page = readFileSync(join(DOCS, 'observing.md'), 'utf8')
  const listed = page.split('\n').filter((line) => /^\| `(?:rangekit|process)_/.test(line))
  expect(listed).toEqual([...described().values()])
})

it('the dashboard has expressions for metrics that there are, and for each of them', () => {
  const names = new Set(
    expressions.flatMap((expression) => expression.match(/\b(?:rangekit|process)_\w+/g) ?? []),
  )
  const shown = [...names].map((name) => name.replace(/_bucket$/, ''))
  expect(shown.toSorted()).toEqual([...described().keys()].toSorted())
})

describe.runIf(promtool)('promtool', () => {
  it('finds nothing wrong with what is scraped', async () => {
    for (const text of scrapes)
      expect(await check('metrics', text)).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('finds nothing wrong with the expressions of the dashboard', async () => {
    const rules = expressions.map((expr, index) => ({ record: `dashboard:panel:${index}`, expr }))
    const { code, stdout } = await check('rules', JSON.stringify({ groups: [{ name: 'dashboard', rules }] }))
    expect(stdout).toContain(`SUCCESS: ${expressions.length} rules found`)
    expect(code).toBe(0)
  })
})

/** Runs `promtool check`. JSON is YAML. */
async function check(what: 'metrics' | 'rules', text: string) {
  using temporary = makeFolder()
  const file = temporary.put('input', text)
  const command = what === 'rules' ? 'exec "$0" check rules "$1"' : 'exec "$0" check metrics <"$1"'
  return await run('sh', ['-c', command, promtool ?? '', file])
}

it.runIf(prometheus)(
  'a Prometheus scrapes the servers, and every expression of the dashboard has a value',
  async () => {
    using temporary = makeFolder()
    const config = {
      global: { scrape_interval: '1s' },
      scrape_configs: [
        { job_name: 'rangekit', static_configs: [{ targets: ports.map((port) => `127.0.0.1:${port}`) }] },
      ],
    }
    writeFileSync(temporary.at('prometheus.yml'), JSON.stringify(config))
    const port = await freePort()
    const child = start(
      prometheus ?? '',
      [
        `--config.file=${temporary.at('prometheus.yml')}`,
        `--storage.tsdb.path=${temporary.at('data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    )
    const query = async (
      expression: string,
    ): Promise<readonly { readonly value: readonly [number, string] }[]> => {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`
      const response = await fetch(url)
      const { data } = await response.json()
      return data?.result ?? []
    }
    try {
      await expect
        .poll(
          async () => {
            const results = await Promise.all(
              expressions.map(async (expression) => ({ expression, found: await query(expression) })),
            ).catch(() => undefined)
            return results?.filter(({ found }) => found.length === 0).map(({ expression }) => expression)
          },
          { timeout: 30_000, interval: 500 },
        )
        .toEqual([])
      expect((await query('sum(rangekit_serving_processes)'))[0]?.value[1]).toBe('3')
      expect(
        (await query('sum(rangekit_requests_total{status="206",protocol="http/1.1"})'))[0]?.value[1],
      ).toBe('4')
    } finally {
      child.kill('SIGKILL')
    }
  },
)
