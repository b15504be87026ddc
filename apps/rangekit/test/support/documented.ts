import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const PAGE = readFileSync(join(import.meta.dirname, '../../../../docs/deploying.md'), 'utf8')

/**
 * A configuration of docs/deploying.md, for a test to run.
 *
 * @param name what its first line says, as a comment.
 * @param replaced texts, such as ports and paths, and what takes their place, everywhere.
 * @throws Error if the page does not have it, or it does not have one of these texts.
 */
export function documented(name: string, replaced: Readonly<Record<string, string>> = {}): string {
  const [, found] = PAGE.split(`\n# ${name}\n`)
  if (found === undefined) throw new Error(`docs/deploying.md does not have ${name}`)
  return Object.entries(replaced).reduce(
    (text, [before, after]) => {
      if (!text.includes(before)) throw new Error(`${name} does not have ${before}`)
      return text.replaceAll(before, after)
    },
    found.slice(0, found.indexOf('```')),
  )
}
