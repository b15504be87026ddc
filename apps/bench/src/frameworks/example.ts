import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../../../..')
/** The folder of the examples in the checkout. */
export const EXAMPLES = join(ROOT, 'examples')

/** What is used of an example's package.json. */
export interface ExampleManifest {
  readonly name: string
  readonly scripts: { readonly start: string; readonly build?: string }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** Examples of a use, not of a framework. They have tests of their own. */
const USES: readonly string[] = ['downloads']

/** The examples of frameworks in the checkout, by name of their folder. */
export function exampleNames(): readonly string[] {
  if (!existsSync(EXAMPLES)) return []
  const names = readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, 'package.json')))
  return names.filter((name) => !USES.includes(name))
}

export function readManifest(folder: string): ExampleManifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
