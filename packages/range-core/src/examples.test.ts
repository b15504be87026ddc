import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as core from './index.ts'
import { rangeSourceChecks } from './testing.ts'

/**
 * Every example in a docstring is run, and what it says behind `//` about an expression is compared with what the
 * expression gives.
 */

interface Example {
  readonly where: string
  readonly code: string
}

const folder = new URL('./', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
const examples = files.flatMap(examplesIn)

function examplesIn(name: string): Example[] {
  const source = readFileSync(new URL(name, folder), 'utf8')
  return [...source.matchAll(/^ \* @example\n((?: \* .*\n)+?)(?= \*\/| \* @)/gm)].map(
    ([, block = ''], index) => ({
      where: `${name} #${index + 1}`,
      code: block.replace(/^ \* /gm, ''),
    }),
  )
}

/** Lines of code with a claim, on the same line or alone on the next, as `claim(...)` calls. */
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

// What the examples take for granted: things of their readers.
const entries = new Map<string, core.BlobEntry>([['hello.txt', { data: new Blob(['hello']) }]])
const readers = {
  entries,
  source: core.blobSource(() => ({ data: new Blob(['film']) })),
  request: new Request('http://localhost/film.mp4', { headers: { Range: 'bytes=0-1' } }),
  rangeSourceChecks,
}

it('finds the examples of the whole package', () => {
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
  const scope: Record<string, unknown> = { ...core, ...readers, claim, it: runCheck }
  // An example may make what others take for granted.
  const names = Object.keys(scope).filter((name) => !code.includes(`const ${name} =`))
  await new AsyncFunction(...names, withClaims(code))(...names.map((name) => scope[name]))
  for (const run of checks) await run()
  expect(claims).toBe(code.match(/\/\/ /g)?.length ?? 0)
})
