import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { shared, sharedServer } from '@rangekit/test-kit/fixtures'
import { run } from '@rangekit/test-kit/processes'
import { PUBLISHED } from '@rangekit/test-kit/published'
import { startCommand } from '@rangekit/test-kit/start-server'
import { describe, expect, it, vi } from 'vitest'
import { ENGINE_NAMES } from './support/packed/engines.ts'
import { EXAMPLES, isFor, ROOT } from './support/packed/examples.ts'
import { compile, FILM, makeProject } from './support/packed/project.ts'
import { installedCommands, printedPattern, runExample } from './support/packed/run-example.ts'

// Each test starts a process or two, and one asks a server some four hundred times.
vi.setConfig({ testTimeout: 120_000 })

// What a new user does: install the published packages in an empty folder, run the examples of the READMEs, and run the
// commands.
const project = shared(makeProject, ({ folder }) => folder.remove(), 300_000)
const manifests = PUBLISHED.map((folder): { readonly name: string; readonly bin?: object } =>
  JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')),
)
/** Has the film at its root, for the examples that ask a server. */
const filmServer = sharedServer(() =>
  startCommand([...project.engines.node, 'film-server.js'], { cwd: project.folder.at('project') }),
)
const compiled = shared(
  async () => ({ node: await compile(project, 'node'), worker: await compile(project, 'worker') }),
  () => {},
  60_000,
)

it('shows how each package is used: by an example in its README, or as a command', () => {
  const silent = PUBLISHED.filter((folder, index) => {
    const hasExample = EXAMPLES.some(({ name }) => name.startsWith(`${folder}/`))
    return !hasExample && manifests[index]?.bin === undefined
  })
  expect(silent).toEqual([])
})

it('has types that a strict project accepts', () => {
  expect([compiled.node, compiled.worker]).toEqual(['', ''])
})

it('has types that Deno accepts', async () => {
  const [deno] = project.engines.deno
  const files = EXAMPLES.filter((example) => !example.isWorker && isFor(example, 'deno')).map(
    ({ file }) => file,
  )
  const checked = await run(deno, ['check', '--node-modules-dir=manual', ...files], {
    cwd: project.folder.at('project/examples'),
  })
  expect(checked).toMatchObject({ code: 0 })
})

describe.each(ENGINE_NAMES)('on %s', (engine) => {
  it.concurrent.each(EXAMPLES.filter((each) => isFor(each, engine)))('runs $name', async (example) => {
    const ran = await runExample(project, example, engine, filmServer.port)
    expect(ran).toMatchObject(ran.served === undefined ? { code: 0, stderr: '' } : { served: '206' })
    expect(ran.stdout).toMatch(printedPattern(example))
  })

  it('runs the installed commands', async () => {
    const [command, ...args] = project.engines[engine]
    const scripts = manifests.flatMap(({ name }) => Object.entries(installedCommands(project, name)))
    expect(scripts.map(([name]) => name).sort()).toEqual(['rangekit', 'rangekit-conformance'])
    for (const [name, script] of scripts) {
      const { stdout } = await run(command, [...args, script, '--help'])
      expect(stdout).toContain(`Usage: ${name} `)
    }
  })

  it('serves a folder with the installed rangekit', async () => {
    const { rangekit = '' } = installedCommands(project, 'rangekit')
    const command = [...project.engines[engine], rangekit, 'media', '--port', '0'] as const
    const server = await startCommand(command, { cwd: project.folder.at('project') })
    const range = { headers: { Range: 'bytes=100000-199999' } }
    const response = await fetch(`${server.origin}/api/stream/film.mp4`, range)
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(FILM.subarray(100_000, 200_000))
    await expectPage(server.origin)
    expect(await server.stop()).toBe(0)
  })

  it('judges a server with the installed rangekit-conformance', async () => {
    const { 'rangekit-conformance': script = '' } = installedCommands(project, '@rangekit/conformance')
    const [command, ...args] = project.engines[engine]
    const { code, stdout } = await run(command, [...args, script, `${filmServer.origin}/film.mp4`])
    expect(stdout).toMatch(/^Total: (\d+)\/\1 passed/m)
    expect(code).toBe(0)
  })
})

/** The library page is there, and all that it loads. */
async function expectPage(origin: string): Promise<void> {
  const page = await (await fetch(origin)).text()
  expect(page).toContain('<span class="title">film</span>')
  const assets = [...page.matchAll(/"(assets\/[^"#]+)/g)].map(([, asset = '']) => asset)
  expect(assets).toContain('assets/library.js')
  for (const asset of [...assets, 'assets/events-worker.js']) {
    const response = await fetch(new URL(asset, origin))
    expect([asset, response.status]).toEqual([asset, 200])
    // What several scripts share is in files of its own.
    for (const [, chunk = ''] of (await response.text()).matchAll(/from"\.\/([^"]+)"/g)) {
      expect([chunk, (await fetch(new URL(`assets/${chunk}`, origin))).status]).toEqual([chunk, 200])
    }
  }
}
