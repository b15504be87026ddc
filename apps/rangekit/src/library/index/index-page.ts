import { setImmediate } from 'node:timers/promises'
import { html, raw } from 'hono/html'
import type { Folder } from '../folder.ts'
import type { Item } from '../item.ts'

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
/** The column of dates, if names are shorter, and that of sizes. */
const DATES = 51
const SIZES = 20

/**
 * A folder as plain HTML, in the layout of nginx, which mirroring tools know: rclone reads the links, lftp dates and
 * sizes too. Everything that is served is in it, sidecars included.
 */
export async function indexPage({ path, all }: Folder): Promise<string> {
  const title = `Index of /${path}`
  const lines = path === '' ? [] : [html`<a href="../">../</a>`]
  for (const item of all.toSorted(compare)) {
    lines.push(lineOf(item))
    // Other requests have their turn.
    if (lines.length % 1000 === 0) await setImmediate()
  }
  const page = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body>
<h1>${title}</h1><hr><pre>
${raw(lines.join('\n'))}
</pre><hr></body>
</html>
`
  return String(await page)
}

/** Folders first, then by name. */
function compare(a: Item, b: Item): number {
  const byKind = Number(b.kind === 'folder') - Number(a.kind === 'folder')
  return byKind || (a.name < b.name ? -1 : 1)
}

function lineOf({ kind, name, size, modified }: Item) {
  const [slash, bytes] = kind === 'folder' ? ['/', '-'] : ['', String(size)]
  const gap = ' '.repeat(Math.max(1, DATES - name.length - slash.length))
  const rest = `${gap}${dateOf(modified)}${bytes.padStart(SIZES)}`
  return html`<a href="${encodeName(name)}${slash}">${name}${slash}</a>${rest}`
}

/** No apostrophe is left for HTML to escape: lftp does not read that in links. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replaceAll("'", '%27')
}

/** In UTC and to the minute, as `06-May-2024 07:08`. */
function dateOf(modified: number): string {
  const date = new Date(modified)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()}`
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
}
