import { shared } from '@rangekit/test-kit/fixtures'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectedFindings } from '../../src/frameworks/faults.ts'
import type { Frameworks } from '../../src/frameworks/framework.ts'
import { type Judgement, type JudgeName, judgeExample } from '../../src/frameworks/judge.ts'
import { openWorkshop } from '../../src/frameworks/workshop.ts'

const BEHAVIOURS: Readonly<Record<JudgeName, string>> = {
  conformance: 'passes the vectors of the conformance checker',
  framing: 'keeps Content-Length',
  compression: 'leaves a range of a text uncompressed',
  memory: 'sends 2 GiB in constant memory',
  truncation: 'breaks the connection when the file loses its end',
  aborts: 'closes the file when the client leaves',
}

/** Milliseconds to install and pack, and to build and judge one example. */
const INSTALL_TIME = 300_000
const JUDGE_TIME = 240_000

/** Tests that examples behave as the handler does, apart from the faults of their frameworks that are known. */
export function testExamples(frameworks: Frameworks): void {
  const names = Object.keys(frameworks)
  const workshop = shared(
    () => openWorkshop(names),
    (made) => made[Symbol.dispose](),
    INSTALL_TIME,
  )

  describe.each(names)('the example %s', (name) => {
    let judgement: Judgement
    beforeAll(async () => {
      judgement = await judgeExample(workshop, name)
    }, JUDGE_TIME)

    it.each(Object.entries(BEHAVIOURS) as [JudgeName, string][])('%s: %s', (judge) => {
      const findings = judgement.findings[judge]
      const details = findings.map(({ what, detail }) => `${what}: ${detail}`).join('\n')
      expect(
        findings.map(({ what }) => what),
        details,
      ).toEqual(expectedFindings(name, judge))
    })
  })
}
