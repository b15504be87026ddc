import type { JudgeName } from './judge.ts'

/** What fails because of a framework. */
export interface Fault {
  /** The example. */
  readonly framework: string
  readonly judge: JudgeName
  /** The findings, all of them and no others. */
  readonly findings: readonly string[]
  /** What a user sees, and why, with the place in the framework's source; Markdown. */
  readonly reason: string
}

export const faults: readonly Fault[] = []

/** The findings that are expected of an example. */
export function expectedFindings(framework: string, judge: JudgeName): readonly string[] {
  return faults
    .filter((fault) => fault.framework === framework && fault.judge === judge)
    .flatMap(({ findings }) => findings)
}
