import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { ENGINES } from '@rangekit/test-kit/runtimes'
import { beforeAll, describe, expect, it } from 'vitest'

// What a new user does: install the published packages in an empty folder, and run the examples of the README.
const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../../..')
const published = ['packages', 'apps']
  .flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name)))
  .filter((folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).private !== true)
const examples = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```ts\n(.*?)^```/gms)].map(
  ([, code = '']) => code,
)
const [server = '', ...scripts] = examples
const film = positionBytes(300_000)

const runtimes = [
  { name: 'node', command: ENGINES.node },
  { name: 'bun', command: ENGINES.bun },
  { name: 'deno', command: ENGINES.deno },
] as const

const project = sharedFolder()

beforeAll(async () => {
  for (const folder of published) {
    if (!existsSync(join(root, folder, 'dist'))) throw new Error(`${folder} is not built: npm run build`)
    await run('pnpm', ['pack', '--pack-destination', project.path], { cwd: join(root, folder) })
  }
  const tarballs = readdirSync(project.path).map((name) => `./${name}`)
  project.put('package.json', JSON.stringify({ private: true, type: 'module' }))
  await run('npm', ['install', '--no-audit', '--no-fund', ...tarballs, 'hono', '@types/node@24'], {
    cwd: project.path,
  })
  project.put('media/film.mp4', film)
  examples.forEach((code, index) => {
    project.put(`example-${index}.ts`, code)
  })
  const compilerOptions = {
    target: 'es2024',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'],
    types: ['node'],
  }
  project.put('tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts'] }))
}, 180_000)

/** Starts a server and returns the first URL that it prints. */
async function startUntilUrl(command: readonly string[], args: readonly string[]) {
  const [file = '', ...before] = command
  const child = spawn(file, [...before, ...args], {
    cwd: project.path,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface(child.stdout)) {
    const url = /http:\S+/.exec(line)?.[0]
    if (url !== undefined) return { url, child }
  }
  throw new Error('The server ended without a URL')
}

async function expectRange(url: string): Promise<void> {
  const response = await fetch(url, { headers: { Range: 'bytes=100000-199999' } })
  expect(response.status).toBe(206)
  expect(response.headers.get('content-length')).toBe('100000')
  const body = new Uint8Array(await response.arrayBuffer())
  expect(sameBytes(body, film.subarray(100_000, 200_000))).toBe(true)
}

/** The library page is there, and all that it loads. */
async function expectPage(url: string): Promise<void> {
  const page = await (await fetch(url)).text()
  expect(page).toContain('<span class="title">film</span>')
  const assets = [...page.matchAll(/"(assets\/[^"#]+)/g)].map(([, asset = '']) => asset)
  expect(assets).toContain('assets/library.js')
  for (const asset of [...assets, 'assets/events-worker.js']) {
    const response = await fetch(new URL(asset, url))
    expect([asset, response.status]).toEqual([asset, 200])
    // What several scripts share is in files of its own.
    for (const [, chunk = ''] of (await response.text()).matchAll(/from"\.\/([^"]+)"/g)) {
      expect([chunk, (await fetch(new URL(`assets/${chunk}`, url))).status]).toEqual([chunk, 200])
    }
  }
}

it('has types that a strict project accepts', async () => {
  await run(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '-p', '.'], { cwd: project.path })
}, 60_000)

it('has types that Deno accepts', async () => {
  await run(
    ENGINES.deno[0],
    ['check', '--node-modules-dir=manual', ...examples.map((_, n) => `example-${n}.ts`)],
    {
      cwd: project.path,
    },
  )
}, 60_000)

describe.each(runtimes)('on $name', ({ name, command }) => {
  it('serves with the first example of the README', async () => {
    // The README says which entry each runtime has.
    const file = `server-${name}.ts`
    project.put(file, server.replace('hono-server/node', `hono-server/${name}`))
    const { url, child } = await startUntilUrl(command, [file])
    await expectRange(url).finally(() => child.kill())
  })

  it('runs the other examples of the README', async () => {
    const [file, ...before] = command
    const outputs: string[] = []
    for (const index of scripts.keys()) {
      outputs.push((await run(file, [...before, `example-${index + 1}.ts`], { cwd: project.path })).stdout)
    }
    expect(outputs).toEqual([
      expect.stringMatching(/^\/api\/stream\/film\.mp4\?expires=\d+&signature=[\w-]{43}\n$/),
      'film.mp4 bytes=0-499 206 500 of 500 bytes complete\n',
      expect.stringMatching(/^206 multipart\/byteranges; boundary=/),
      '206 memory\n',
    ])
  })

  it('runs the installed command', async () => {
    const { url, child } = await startUntilUrl(command, ['node_modules/rangekit/dist/cli.js', 'media'])
    await expectRange(`${url}api/stream/film.mp4`)
    await expectPage(url)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
