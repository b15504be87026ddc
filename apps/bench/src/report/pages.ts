import { readFile, writeFile } from 'node:fs/promises'
import { faultTable } from '@rangekit/conformance/origin'
import { findSection, type Section as PageSection } from '@rangekit/test-kit/sections'
import type { CacheResults } from '../cache/results.ts'
import type { ConformanceResults, RuntimesResults } from '../conformance-results.ts'
import type { FrameworksResults } from '../frameworks/results.ts'
import type { ReadersResults } from '../readers/results.ts'
import type { Results } from '../results.ts'
import type { ScalingResults } from '../scaling/results.ts'
import { renderCache } from './cache.ts'
import { renderChart } from './chart.ts'
import { renderConformance, renderConformanceDigest, renderProof, renderRuntimes } from './conformance.ts'
import { type FirstMinuteResults, renderFirstMinute } from './first-minute.ts'
import { renderDoors, renderFaults, renderFrameworkSpeed, renderFrameworks } from './frameworks.ts'
import { renderDownloads, renderReaders, renderUsed } from './readers.ts'
import { renderScaling, renderScalingChart } from './scaling.ts'
import { renderDigest, renderTables } from './tables.ts'

const ROOT = new URL('../../../../', import.meta.url)
const RESULTS = new URL('../../results/', import.meta.url)

/** What is kept in the folder `results`, by file name. */
interface Kept {
  readonly conformance: ConformanceResults
  readonly runtimes: RuntimesResults
  readonly speed: Results
  readonly 'first-minute': FirstMinuteResults
  readonly frameworks: FrameworksResults
  readonly readers: ReadersResults
  /** Null until it is measured on an idle machine. */
  readonly cache: CacheResults | null
  readonly scaling: ScalingResults
}

/** What a page has between `<!-- name:begin -->` and `<!-- name:end -->`. */
interface Section {
  readonly page: string
  readonly name: string
  render(kept: Kept): string
}

const SCALING_CHART =
  '![Bytes fetched from the origin, of all bytes served, by the size of the cache](../apps/bench/results/scaling.svg)'
const CHART = '![Speed of file servers](../apps/bench/results/speed.svg)'

/** The sections of the page about frameworks. */
const FRAMEWORKS: Readonly<Record<string, (results: FrameworksResults) => string>> = {
  judged: ({ judged }) => renderFrameworks(judged),
  faults: ({ judged }) => renderFaults(judged),
  speed: ({ speed }) => (speed === null ? '' : renderFrameworkSpeed(speed)),
  doors: () => renderDoors(),
}

/** Everything that the repository's pages say of the results. */
const SECTIONS: readonly Section[] = [
  { page: 'README.md', name: 'proof', render: (kept) => renderProof(kept.conformance, kept.runtimes) },
  { page: 'README.md', name: 'first-minute', render: (kept) => renderFirstMinute(kept['first-minute']) },
  { page: 'README.md', name: 'conformance', render: (kept) => renderConformanceDigest(kept.conformance) },
  { page: 'README.md', name: 'speed', render: (kept) => renderDigest(kept.speed) },
  { page: 'docs/conformance.md', name: 'conformance', render: (kept) => renderConformance(kept.conformance) },
  { page: 'docs/conformance.md', name: 'runtimes', render: (kept) => renderRuntimes(kept.runtimes) },
  { page: 'docs/speed.md', name: 'speed', render: (kept) => `${CHART}\n\n${renderTables(kept.speed)}` },
  { page: 'docs/readers.md', name: 'readers', render: (kept) => renderReaders(kept.readers) },
  { page: 'docs/readers.md', name: 'downloads', render: (kept) => renderDownloads(kept.readers) },
  { page: 'docs/readers.md', name: 'used', render: (kept) => renderUsed(kept.readers) },
  { page: 'packages/conformance/README.md', name: 'faults', render: () => faultTable() },
  {
    page: 'docs/scaling.md',
    name: 'cache',
    render: ({ cache }) => (cache === null ? '' : renderCache(cache)),
  },
  {
    page: 'docs/scaling.md',
    name: 'simulation',
    render: (kept) => `${SCALING_CHART}\n\n${renderScaling(kept.scaling)}`,
  },
  ...Object.entries(FRAMEWORKS).map(([name, render]) => ({
    page: 'docs/frameworks.md',
    name,
    render: (kept: Kept) => render(kept.frameworks),
  })),
]

/** Keeps results of a whole run, and brings the chart and all pages up to date with them. */
export async function keep<Name extends keyof Kept>(name: Name, results: Kept[Name]): Promise<void> {
  await writeFile(new URL(`${name}.json`, RESULTS), `${JSON.stringify(results, null, 2)}\n`)
  const kept = await readKept()
  await writeFile(new URL('speed.svg', RESULTS), renderChart(kept.speed))
  await writeFile(new URL('scaling.svg', RESULTS), renderScalingChart(kept.scaling))
  for (const section of SECTIONS) {
    const { before, after } = await readSection(section)
    await writeFile(new URL(section.page, ROOT), `${before}\n\n${section.render(kept)}\n${after}`)
  }
}

/**
 * Finds the sections of the pages whose text is not what the kept results say.
 *
 * @returns each as `page: name`.
 * @throws Error where a page lacks the markers of a section.
 */
export async function staleSections(): Promise<readonly string[]> {
  const kept = await readKept()
  const stale: string[] = []
  for (const section of SECTIONS) {
    const { text } = await readSection(section)
    if (text.trim() !== section.render(kept).trim()) stale.push(`${section.page}: ${section.name}`)
  }
  return stale
}

/** Reads all results of the repository. */
export async function readKept(): Promise<Kept> {
  const read = async (name: keyof Kept) =>
    JSON.parse(await readFile(new URL(`${name}.json`, RESULTS), 'utf8'))
  return {
    conformance: await read('conformance'),
    runtimes: await read('runtimes'),
    speed: await read('speed'),
    'first-minute': await read('first-minute'),
    frameworks: await read('frameworks'),
    readers: await read('readers'),
    cache: await read('cache'),
    scaling: await read('scaling'),
  }
}

/** The text of a section, in its page. */
async function readSection({ page, name }: Section): Promise<PageSection> {
  return findSection(await readFile(new URL(page, ROOT), 'utf8'), name, page)
}
