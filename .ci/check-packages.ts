// What a stranger gets: packs each published package as it would be published and lets publint and
// arethetypeswrong look at the tarball; then weighs the core.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

/** In bytes. Some 1,500 of them see to it that what was opened is closed once, and 450 that targets have one spelling. */
const CORE_LIMIT = 7500
const out = mkdtempSync(join(tmpdir(), 'rangekit-pack-'))
let faults = 0

try {
  for (const folder of publishedFolders()) {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    execFileSync('pnpm', ['pack', '--pack-destination', out], { cwd: folder, stdio: 'pipe' })
    const prefix = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}`
    const tarball = join(out, `${prefix}.tgz`)
    execFileSync('attw', [tarball, '--profile', 'esm-only', '--quiet'], { stdio: 'inherit' })
    const bytes = readFileSync(tarball)
    const { messages, pkg } = await publint({
      pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
      strict: true,
    })
    for (const message of messages)
      console.error(`${manifest.name}: ${formatMessage(message, pkg ?? manifest)}`)
    faults += messages.length
    console.log(`${manifest.name} ${manifest.version}: ${bytes.byteLength} bytes packed`)
  }
} finally {
  rmSync(out, { recursive: true })
}

const { outputFiles } = await build({
  entryPoints: ['packages/range-core/src/index.ts'],
  bundle: true,
  format: 'esm',
  minify: true,
  write: false,
})
const core = gzipSync(outputFiles[0]?.contents ?? new Uint8Array()).byteLength
console.log(`range-core, minified and compressed: ${core} bytes (limit ${CORE_LIMIT})`)
if (core === 0 || core > CORE_LIMIT) faults++
if (faults > 0) process.exitCode = 1

function publishedFolders(): string[] {
  return ['packages', 'apps']
    .flatMap((group) => readdirSync(group).map((name) => resolve(group, name)))
    .filter((folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private !== true)
}
