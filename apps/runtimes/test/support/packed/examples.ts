import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PUBLISHED } from '@rangekit/test-kit/published'
import type { EngineName } from './engines.ts'

/** The root of the workspace. */
export const ROOT = resolve(import.meta.dirname, '../../../../..')

/** A block of code of a README, as a user copies it. */
export interface Example {
  /** Where it stands. */
  readonly name: string
  /** The name of its file in the project. */
  readonly file: string
  readonly code: string
  /** What it says that it prints, in the comments behind its statements. `…` stands for any text. */
  readonly prints: readonly string[]
  /** The Worker's types cannot be loaded next to those of Node. */
  readonly isWorker: boolean
}

const PAGES = [...['.', ...PUBLISHED].map((folder) => join(folder, 'README.md')), 'docs/growing.md']

/** The examples of the README in the root and of each published package, and of a guide. */
export const EXAMPLES: readonly Example[] = PAGES.flatMap((page) => {
  const blocks = readFileSync(join(ROOT, page), 'utf8').matchAll(/^```(ts|js)\n(.*?)^```/gms)
  return [...blocks].map(([, language = '', code = ''], index) => ({
    name: `${page}, example ${index + 1}`,
    file: `${page.replaceAll(/\W+/g, '-')}-${index + 1}.${language}`,
    code,
    prints: [...code.matchAll(/\) \/\/ (.+)$/gm)].map(([, text = '']) => text),
    isWorker: code.includes('ExportedHandler'),
  }))
})

/** Whether an example is for a runtime: it does not use what only another one has. */
export function isFor({ code }: Example, engine: EngineName): boolean {
  const only = [...code.matchAll(/\b(Bun|Deno)\./g)].map(([, name = '']) => name.toLowerCase())
  return only.every((name) => name === engine)
}

/** The packages of others that the examples import. */
export function importedPackages(): readonly string[] {
  const specifiers = EXAMPLES.flatMap(({ code }) =>
    [...code.matchAll(/^(?:import|\} from|export) .*?'([^'.:][^':]*)'$/gm)].map(
      ([, specifier = '']) => specifier,
    ),
  )
  const names = specifiers.map((each) => each.split('/', each.startsWith('@') ? 2 : 1).join('/'))
  return [...new Set(names)].filter((name) => !/^(@rangekit\/|rangekit$)/.test(name)).sort()
}
