/** Sections by name, and the values in them. */
export type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>

/**
 * Reads a file of `~/.aws`. Its format is AWS's own: a value is what stands behind `=`, quotes and `#` included, unless
 * a space comes before the `#`; indented lines belong to the value above, and are not needed here.
 */
export function parseSections(text: string): Sections {
  const sections = new Map<string, Map<string, string>>()
  let current: Map<string, string> | undefined
  for (const line of text.split(/\r?\n/)) {
    const header = /^\[([^\]]*)\]/.exec(line)?.[1]
    if (header !== undefined) {
      const name = header.trim().replace(/\s+/g, ' ')
      current = sections.get(name) ?? new Map()
      sections.set(name, current)
      continue
    }
    const [, name, value = ''] = /^([^\s=#;][^=]*)=(.*)$/.exec(line) ?? []
    if (name !== undefined) current?.set(name.trim().toLowerCase(), value.replace(/\s[#;].*$/, '').trim())
  }
  return sections
}
