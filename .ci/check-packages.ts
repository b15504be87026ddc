// What a stranger gets: packs each published package as it would be published and lets publint and
// arethetypeswrong look at the tarball.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packPublished } from '../packages/test-kit/src/published.ts'
import { type Manifest, packageName, readPackage } from './workspace.ts'

const out = mkdtempSync(join(tmpdir(), 'rangekit-pack-'))
let faults = 0

try {
  for (const { folder, tarball } of await packPublished(out)) {
    const { manifest } = readPackage(folder)
    // A command has no types to be wrong.
    if (manifest.exports !== undefined) {
      execFileSync('attw', [tarball, '--profile', 'esm-only', '--quiet'], { stdio: 'inherit' })
    }
    const bytes = readFileSync(tarball)
    const { messages, pkg } = await publint({
      pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
      strict: true,
    })
    for (const message of messages)
      console.error(`${manifest.name}: ${formatMessage(message, pkg ?? { ...manifest })}`)
    faults += messages.length
    for (const name of await missing(join(folder, 'dist'), manifest)) {
      console.error(`${manifest.name}: dist imports ${name}, which is not installed with it`)
      faults++
    }
    console.log(`${manifest.name} ${manifest.version}: ${bytes.byteLength} bytes packed`)
  }
} finally {
  rmSync(out, { recursive: true })
}

if (faults > 0) process.exitCode = 1

/** The packages that a build imports and that its users do not get. */
async function missing(dist: string, { dependencies, peerDependencies }: Manifest): Promise<Set<string>> {
  const { metafile } = await build({
    entryPoints: readdirSync(dist)
      .map((name) => join(dist, name))
      .filter((path) => path.endsWith('.js')),
    bundle: true,
    packages: 'external',
    format: 'esm',
    outdir: dist,
    write: false,
    metafile: true,
  })
  const installed = { ...dependencies, ...peerDependencies }
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports)
  const names = imports
    .filter(({ external, path }) => external && !isBuiltin(path))
    .map(({ path }) => packageName(path))
  return new Set(names.filter((name) => !(name in installed)))
}
