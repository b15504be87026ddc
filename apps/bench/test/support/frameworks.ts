import { shared } from '@rangekit/test-kit/fixtures'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectedFindings } from '../../src/frameworks/faults.ts'
import type { Frameworks } from '../../src/frameworks/framework.ts'
import { type Judgement, judgeExample } from '../../src/frameworks/judge.ts'
import type { JudgeName } from '../../src/frameworks/judge-name.ts'
import { openWorkshop } from '../../src/frameworks/workshop.ts'

const behaviours: readonly (readonly [JudgeName, string])[] = [
  ['conformance', 'passes the vectors of the conformance checker'],
  ['framing', 'keeps Content-Length'],
  ['compression', 'leaves a range of a text uncompressed'],
  ['memory', 'sends 2 GiB in constant memory'],
  ['truncation', 'breaks the connection when the file loses its end'],
  ['aborts', 'closes the file when the client leaves'],
]

/** What an example with a bucket is not judged by. */
const FOLDERS_ONLY: readonly JudgeName[] = ['memory', 'truncation']

/** Milliseconds to install and pack, and to build and judge one example. */
const INSTALL_TIME = 300_000
const JUDGE_TIME = 240_000

/** Tests that examples behave as the handler does, apart from the faults of their frameworks that are known. */
export function testExamples(frameworks: Frameworks): void {
  describe('the examples', () => {
    const workshop = shared(
      () => openWorkshop(Object.keys(frameworks)),
      (made) => made[Symbol.dispose](),
      INSTALL_TIME,
    )

    describe.each(Object.entries(frameworks))('%s', (name, { bucket }) => {
      let judgement: Judgement
      beforeAll(async () => {
        judgement = await judgeExample(workshop, name)
      }, JUDGE_TIME)

      const judged = behaviours.filter(([judge]) => bucket === undefined || !FOLDERS_ONLY.includes(judge))
      it.each(judged)('%s: %s', (judge) => {
        const findings = judgement.findings[judge]
        const details = findings?.map(({ what, detail }) => `${what}: ${detail}`).join('\n')
        expect(
          findings?.map(({ what }) => what),
          details,
        ).toEqual(expectedFindings(name, judge))
      })
    })
  })
}
