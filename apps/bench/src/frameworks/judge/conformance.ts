import { runConformance } from '@rangekit/conformance'
import { words } from '@rangekit/test-kit/words'
import { type TotalCounts, totalCounts } from '../../conformance-results.ts'
import { FILM } from '../../film.ts'
import type { Finding, Ground } from './ground.ts'

/** Milliseconds for each request. */
const TIMEOUT = 3000

export interface ConformanceVerdict {
  readonly findings: readonly Finding[]
  readonly totals: TotalCounts
}

/** Optional features that our handler does not offer for files, by vector. */
const NOT_OFFERED = words(`
  if-range-206-lean unknown-method-allow
  digest-200 digest-206 digest-206-suffix digest-several digest-head digest-if-range
`)

/** Runs every vector of the conformance checker. What our handler offers must reach the client. */
export async function judgeConformance(ground: Ground): Promise<ConformanceVerdict> {
  const report = await runConformance(new URL(FILM, ground.url), { timeoutMs: TIMEOUT })
  const findings = report.results.flatMap((result): Finding[] => {
    if (result.verdict === 'not-offered' && !NOT_OFFERED.includes(result.id)) {
      return [{ what: `${result.id}: not offered`, detail: result.reason }]
    }
    if (result.verdict !== 'fail') return []
    const problems = result.findings.map(({ level, problem }) => `${level}: ${problem}`)
    return [{ what: result.id, detail: `${problems.join('; ')}\n${result.sent}\n${result.received}` }]
  })
  return { findings, totals: totalCounts(report) }
}
