import type { TotalCounts } from '../conformance-results.ts'
import { makeFilmFolder } from '../film.ts'
import { judgeAborts } from './judge/aborts.ts'
import { judgeCompression } from './judge/compression.ts'
import { judgeConformance } from './judge/conformance.ts'
import { judgeFraming } from './judge/framing.ts'
import type { Finding, Ground } from './judge/ground.ts'
import { judgeMemory } from './judge/memory.ts'
import { judgeTruncation } from './judge/truncation.ts'
import type { RunningExample } from './running.ts'
import type { Workshop } from './workshop.ts'

/** What an example is judged by, in the order in which this is done: memory before what wears a server. */
export const judgeNames = ['conformance', 'framing', 'compression', 'memory', 'truncation', 'aborts'] as const
export type JudgeName = (typeof judgeNames)[number]

/** What is wrong, by judge; an empty list: the behaviour is right. */
export type FindingsBy<Item> = Readonly<Record<JudgeName, readonly Item[]>>

/** What was found of an example. */
export interface Judgement {
  readonly findings: FindingsBy<Finding>
  readonly totals: TotalCounts
  /** Bytes of resident memory that a body of 2 GiB added at most. */
  readonly growth: number
}

/** Builds an example, starts it and judges it by everything. */
export async function judgeExample(workshop: Workshop, name: string): Promise<Judgement> {
  await workshop.build(name)
  using media = makeFilmFolder()
  await using example = await workshop.start(name, media.path)
  return await judgeGround({ url: example.url, media, processes: example.processes }, example)
}

async function judgeGround(ground: Ground, example: RunningExample): Promise<Judgement> {
  try {
    const { findings: conformance, totals } = await judgeConformance(ground)
    const framing = await judgeFraming(ground)
    const compression = await judgeCompression(ground)
    const { findings: memory, growth } = await judgeMemory(ground)
    const truncation = await judgeTruncation(ground)
    const aborts = await judgeAborts(ground)
    return { findings: { conformance, framing, compression, memory, truncation, aborts }, totals, growth }
  } catch (error) {
    throw new Error(`The example could not be judged. It printed:\n${example.output}`, { cause: error })
  }
}
