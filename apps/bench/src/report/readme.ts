import { readFile, writeFile } from 'node:fs/promises'

const README = new URL('../../../../README.md', import.meta.url)

/**
 * Replaces a section of the repository's README: what is between `<!-- name:begin -->` and `<!-- name:end -->`.
 *
 * @throws Error where the markers are missing.
 */
export async function writeSection(name: string, text: string): Promise<void> {
  const { begin, end, whole } = await findSection(name)
  await writeFile(README, `${whole.slice(0, begin)}\n\n${text}\n${whole.slice(end)}`)
}

/**
 * Finds a section of the repository's README.
 *
 * @returns the whole text, and the indexes where the section begins and ends in it.
 * @throws Error where the markers are missing.
 */
export async function findSection(name: string): Promise<{ begin: number; end: number; whole: string }> {
  const whole = await readFile(README, 'utf8')
  const marker = `<!-- ${name}:begin -->`
  const begin = whole.indexOf(marker)
  const end = whole.indexOf(`<!-- ${name}:end -->`)
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${marker} … <!-- ${name}:end -->`)
  return { begin: begin + marker.length, end, whole }
}
