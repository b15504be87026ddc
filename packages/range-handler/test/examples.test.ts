import { readdirSync, readFileSync } from 'node:fs'
import * as core from '@rangekit/range-core'
import { expect, it } from 'vitest'
import * as handler from '../src/index.ts'
import { codingReader } from '../src/precompressed/accepted-codings.ts'
import { precompressed } from '../src/precompressed.ts'
import { rangeSourceChecks } from '../src/testing.ts'

/** Runs every `@example` of both packages, and compares each `expression // value` with what the expression gives. */

interface Example {
  readonly where: string
  readonly code: string
}

const packages = new URL('../../', import.meta.url)
const examples = ['range-core/src', 'range-handler/src'].flatMap((folder) =>
  readdirSync(new URL(folder, packages), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => examplesIn(`${folder}/${name}`)),
)

function examplesIn(name: string): Example[] {
  const source = readFileSync(new URL(name, packages), 'utf8')
  return [...source.matchAll(/^ \* @example\n((?: \* .*\n)+?)(?= \*\/| \* @)/gm)].map(
    ([, block = ''], index) => ({
      where: `${name} #${index + 1}`,
      code: block.replace(/^ \* /gm, ''),
    }),
  )
}

/** Turns every `expression // value`, on one line or on two, into a call of `claim`. */
function withClaims(code: string): string {
  return code
    .replace(/\n\/\/ /g, ' // ')
    .split('\n')
    .map((line) => {
      const [, expression, claimed] = /^(?!const |for )(.+?) \/\/ (.+)$/.exec(line) ?? []
      return expression === undefined ? line : `claim(${expression}, ${claimed})`
    })
    .join('\n')
}

const AsyncFunction = (async () => {}).constructor as new (
  ...parameters: readonly string[]
) => (...values: readonly unknown[]) => Promise<void>

// Names that examples use without defining them.
const entries = new Map<string, handler.BlobEntry>([['hello.txt', { data: new Blob(['hello']) }]])
const readers = {
  entries,
  source: handler.blobSource(() => ({ data: new Blob(['film']) })),
  request: new Request('http://localhost/film.mp4', { headers: { Range: 'bytes=0-1' } }),
  rangeSourceChecks,
  precompressed,
  codingReader,
  secret: 'a long and random text',
  secrets: ['a long and random text'],
}

it('finds the examples of both packages', () => {
  expect(examples.length).toBeGreaterThan(15)
})

it.each(examples)('$where is true', async ({ code }) => {
  let claims = 0
  const claim = (actual: unknown, claimed: unknown) => {
    claims++
    expect(actual).toEqual(claimed)
  }
  const checks: Array<() => Promise<void>> = []
  const runCheck = (name: string, run: () => Promise<void>) => {
    expect(name).not.toBe('')
    checks.push(run)
  }
  const scope: Record<string, unknown> = { ...core, ...handler, ...readers, claim, it: runCheck }
  // An example may define such a name itself.
  const names = Object.keys(scope).filter((name) => !code.includes(`const ${name} =`))
  await new AsyncFunction(...names, withClaims(code))(...names.map((name) => scope[name]))
  for (const run of checks) await run()
  expect(claims).toBe(code.match(/\/\/ /g)?.length ?? 0)
})
