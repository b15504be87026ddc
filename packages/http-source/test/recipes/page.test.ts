import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { withSection } from '@rangekit/test-kit/sections'
import { expect, it } from 'vitest'

const PAGE = resolve(import.meta.dirname, '../../../../docs/remote-files.md')
const recipes = readdirSync(import.meta.dirname).filter((name) => /^\w+\.ts$/.test(name))

// `vitest -u` writes the page.
it('shows the recipes as they are tested', async () => {
  expect(recipes.length).toBeGreaterThan(5)
  const page = recipes.reduce(
    (text, name) => withSection(text, name.replace('.ts', ''), blockOf(name), PAGE),
    readFileSync(PAGE, 'utf8'),
  )
  await expect(page).toMatchFileSnapshot(PAGE)
})

function blockOf(name: string): string {
  const recipe = readFileSync(join(import.meta.dirname, name), 'utf8')
  return `\`\`\`ts\n${recipe.replace('../../src/index.ts', '@rangekit/http-source')}\`\`\``
}
