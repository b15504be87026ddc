import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { ROOT } from './packages.ts'

/** What a client loads when it imports something, in bytes, minified and compressed with gzip. */
export interface Size {
  readonly folder: string
  /** What is imported: an export, or `*`. */
  readonly imported: string
  /** Without the packages that this one depends on. */
  readonly own: number
  /** With them. */
  readonly all: number
  /** The most that `own` may be: a little more than it is, so that growth is a decision. */
  readonly limit: number
}

const MEASURED = [
  { folder: 'packages/range-core', imported: '*', limit: 4450 },
  { folder: 'packages/range-core', imported: 'planRange', limit: 1850 },
  { folder: 'packages/range-handler', imported: '*', limit: 8500 },
  { folder: 'packages/range-handler', imported: 'createHandler', limit: 5300 },
  { folder: 'packages/range-handler', imported: 'streamHandler', limit: 7200 },
] as const

/** Weighs the packages that run in browsers and Workers. */
export function measureSizes(): Promise<readonly Size[]> {
  return Promise.all(
    MEASURED.map(async (each) => ({ ...each, own: await weigh(each, true), all: await weigh(each, false) })),
  )
}

/** A table of the sizes of one package, or of all. */
export function renderSizes(sizes: readonly Size[]): string {
  const rows = sizes.map(({ folder, imported, own, all }) => {
    const name = folder.replace('packages/', '@rangekit/')
    const what = imported === '*' ? 'everything' : `\`${imported}\``
    return `| ${what} of \`${name}\` | ${inKilobytes(own)} | ${inKilobytes(all)} |`
  })
  return `| import | minified and gzipped | with dependencies |\n|---|---:|---:|\n${rows.join('\n')}`
}

function inKilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}

async function weigh(
  { folder, imported }: Pick<Size, 'folder' | 'imported'>,
  alone: boolean,
): Promise<number> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export ${imported === '*' ? '*' : `{ ${imported} }`} from './src/index.ts'`,
      resolveDir: join(ROOT, folder),
    },
    bundle: true,
    packages: alone ? 'external' : 'bundle',
    format: 'esm',
    minify: true,
    write: false,
  })
  return gzipSync(outputFiles[0]?.contents ?? new Uint8Array()).byteLength
}
