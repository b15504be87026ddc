// Parts of the repository's README that programs write, each between its two markers.
import { readFile, writeFile } from 'node:fs/promises'

const readme = new URL('../../../README.md', import.meta.url)

/** Puts text between `<!-- name:begin -->` and `<!-- name:end -->`; throws where they are missing. */
export async function writeSection(name: string, text: string): Promise<void> {
  const { begin, end, whole } = await findSection(name)
  await writeFile(readme, `${whole.slice(0, begin)}\n\n${text}\n${whole.slice(end)}`)
}

export async function findSection(name: string): Promise<{ begin: number; end: number; whole: string }> {
  const whole = await readFile(readme, 'utf8')
  const marker = `<!-- ${name}:begin -->`
  const begin = whole.indexOf(marker)
  const end = whole.indexOf(`<!-- ${name}:end -->`)
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${marker} … <!-- ${name}:end -->`)
  return { begin: begin + marker.length, end, whole }
}
