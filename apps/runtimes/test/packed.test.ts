import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { ENGINES } from '@rangekit/test-kit/runtimes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { positionBytes } from './support/folder.ts'

// What a new user does: an empty folder, the published packages, the README's examples.
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

let project: string

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'rangekit-user-'))
  for (const folder of published) {
    if (!existsSync(join(root, folder, 'dist'))) throw new Error(`${folder} is not built: npm run build`)
    await run('pnpm', ['pack', '--pack-destination', project], { cwd: join(root, folder) })
  }
  const tarballs = readdirSync(project).map((name) => `./${name}`)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  await run('npm', ['install', '--no-audit', '--no-fund', ...tarballs, 'hono', '@types/node@24'], {
    cwd: project,
  })
  mkdirSync(join(project, 'media'))
  writeFileSync(join(project, 'media/film.mp4'), film)
  examples.forEach((code, index) => {
    writeFileSync(join(project, `example-${index}.ts`), code)
  })
  const compilerOptions = {
    ...{ target: 'es2024', module: 'nodenext', strict: true, noEmit: true, skipLibCheck: false },
    ...{ lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'], types: ['node'] },
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
}, 180_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

/** Starts a server and returns the first URL that it prints. */
async function startUntilUrl(command: readonly string[], args: readonly string[]) {
  const [file = '', ...before] = command
  const child = spawn(file, [...before, ...args], {
    cwd: project,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface(child.stdout)) {
    const url = /http:\S+/.exec(line)?.[0]
    if (url !== undefined) return { url, child }
  }
  throw new Error('it ended without a URL')
}

async function expectRange(url: string): Promise<void> {
  const response = await fetch(url, { headers: { Range: 'bytes=100000-199999' } })
  expect(response.status).toBe(206)
  expect(response.headers.get('content-length')).toBe('100000')
  expect(Buffer.from(await response.arrayBuffer()).equals(film.subarray(100_000, 200_000))).toBe(true)
}

it('has types that a strict project accepts', async () => {
  await run(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '-p', '.'], { cwd: project })
}, 60_000)

it('has types that Deno accepts', async () => {
  await run(
    ENGINES.deno[0],
    ['check', '--node-modules-dir=manual', ...examples.map((_, n) => `example-${n}.ts`)],
    {
      cwd: project,
    },
  )
}, 60_000)

describe.each(runtimes)('on $name', ({ name, command }) => {
  it('serves with the first example of the README', async () => {
    // Each runtime has an entry of its own, as the README says.
    const file = `server-${name}.ts`
    writeFileSync(join(project, file), server.replace('hono-server/node', `hono-server/${name}`))
    const { url, child } = await startUntilUrl(command, [file])
    await expectRange(url).finally(() => child.kill())
  })

  it('runs the other examples of the README', async () => {
    const [file, ...before] = command
    const outputs: string[] = []
    for (const index of scripts.keys()) {
      outputs.push((await run(file, [...before, `example-${index + 1}.ts`], { cwd: project })).stdout)
    }
    expect(outputs).toEqual([
      expect.stringMatching(/^\/api\/stream\/film\.mp4\?expires=\d+&signature=[\w-]{43}\n$/),
      expect.stringMatching(/^206 multipart\/byteranges; boundary=/),
      '206 memory\n',
    ])
  })

  it('runs the installed command', async () => {
    const { url, child } = await startUntilUrl(command, ['node_modules/rangekit/dist/cli.js', 'media'])
    await expectRange(`${url}api/stream/film.mp4`)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
