import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { run } from '@rangekit/test-kit/processes'
import { packPublished } from '@rangekit/test-kit/published'
import type { CommandLine } from '@rangekit/test-kit/runtimes'
import { type EngineName, fetchEngines, installed } from './engines.ts'
import { EXAMPLES, importedPackages, ROOT } from './examples.ts'

/** What the project serves as film.mp4. */
export const FILM = positionBytes(300_000)

/** A server for the examples that ask one, with the film at its root. */
const FILM_SERVER = `
import { fileSource } from '@rangekit/node-fs-source'
import { createHandler } from '@rangekit/range-handler'
import { serve } from '@rangekit/server'

const { port } = await serve({ fetch: createHandler(fileSource('media')), port: 0 })
console.log('Rangekit is serving media at http://127.0.0.1:' + port + '/')
`

const TYPES = ['@types/node', '@cloudflare/workers-types']

/** A new user's folder with the packages installed, and the examples in `examples/`. */
export interface Project {
  readonly folder: TestFolder
  readonly engines: Readonly<Record<EngineName, CommandLine>>
}

/** Packs what is published, installs it in an empty folder, and puts the examples and a film there. */
export async function makeProject(): Promise<Project> {
  const folder = makeFolder()
  const engines = fetchEngines(folder.at('engines'), ROOT)
  folder.put('tarballs/.keep', '')
  const packed = await packPublished(folder.at('tarballs'))
  folder.put('project/package.json', JSON.stringify({ private: true, type: 'module' }))
  const others = [...importedPackages(), ...TYPES].map((name) => `${name}@${rangeOf(name)}`)
  await installed(folder.at('project'), [...packed.map(({ tarball }) => tarball), ...others])
  folder.put('project/media/film.mp4', FILM)
  for (const { file, code } of EXAMPLES) folder.put(`project/examples/${file}`, code)
  folder.put('project/film-server.js', FILM_SERVER)
  putConfiguration(folder)
  return { folder, engines: await engines }
}

/** The version that this repository has of a package: a README shows no other. */
function rangeOf(name: string): string {
  for (const path of globSync('{package.json,{packages,apps,examples}/*/package.json}', { cwd: ROOT })) {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, path), 'utf8'))
    const range = { ...devDependencies, ...dependencies }[name]
    if (range !== undefined) return range
  }
  throw new Error(`A README imports ${name}, which no package.json of this repository declares`)
}

/** Two strict projects: Workers have other globals. Both emit the JavaScript that the oldest Node needs. */
function putConfiguration(folder: TestFolder): void {
  const shared = {
    target: 'es2024',
    module: 'nodenext',
    strict: true,
    skipLibCheck: false,
    outDir: '../compiled',
  }
  const configurations = {
    node: { lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'], types: ['node'] },
    worker: { lib: ['es2024'], types: ['@cloudflare/workers-types'] },
  }
  for (const [name, own] of Object.entries(configurations)) {
    const files = EXAMPLES.filter(({ isWorker }) => isWorker === (name === 'worker')).map(({ file }) => file)
    const compilerOptions = { ...shared, ...own, rootDir: '.', allowJs: true, checkJs: false }
    folder.put(`project/examples/tsconfig.${name}.json`, JSON.stringify({ compilerOptions, files }))
  }
}

/** Checks and compiles the examples. Returns what the compiler says. */
export async function compile({ folder }: Project, configuration: 'node' | 'worker'): Promise<string> {
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  const { stdout } = await run(tsc, ['-p', folder.at(`project/examples/tsconfig.${configuration}.json`)])
  return stdout
}
