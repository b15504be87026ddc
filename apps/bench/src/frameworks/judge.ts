import { basename, join } from 'node:path'
import type { TestFolder } from '@rangekit/test-kit/folder'
import type { TotalCounts } from '../conformance-results.ts'
import { FILM, makeFilmFolder } from '../film.ts'
import { frameworks } from './catalog.ts'
import type { Bucket } from './framework.ts'
import { judgeAborts, putAbortsFile } from './judge/aborts.ts'
import { judgeCompression, putCompressionFile } from './judge/compression.ts'
import { judgeConformance } from './judge/conformance.ts'
import { judgeFraming } from './judge/framing.ts'
import type { Finding } from './judge/ground.ts'
import { judgeMemory } from './judge/memory.ts'
import { judgeTruncation } from './judge/truncation.ts'
import type { FindingsBy } from './judge-name.ts'
import type { Workshop } from './workshop.ts'

/** What was found of an example. */
export interface Judgement {
  readonly findings: FindingsBy<Finding>
  readonly totals: TotalCounts
  /** Bytes of resident memory that a body of 2 GiB added at most; `null`: not judged. */
  readonly growth: number | null
}

/** Builds an example, starts it and judges it by everything that can be judged. */
export async function judgeExample(workshop: Workshop, name: string): Promise<Judgement> {
  const { bucket } = frameworks[name] ?? {}
  await workshop.build(name)
  using media = makeFilmFolder()
  if (bucket !== undefined) await fillBucket(workshop, name, bucket, media)
  await using example = await workshop.start(name, media.path)
  const { url, processes } = example
  const opensBelow = bucket === undefined ? media.path : join(workshop.at(name), bucket.folder)
  const ground = { url, media, processes, opensBelow }
  try {
    // Memory comes before what wears a server.
    const conformance = await judgeConformance(ground)
    const framing = await judgeFraming(ground)
    const compression = await judgeCompression(ground)
    const memory = bucket === undefined ? await judgeMemory(ground) : null
    const truncation = bucket === undefined ? await judgeTruncation(ground) : null
    const aborts = await judgeAborts(ground)
    return {
      findings: {
        conformance: conformance.findings,
        framing,
        compression,
        memory: memory?.findings ?? null,
        truncation,
        aborts,
      },
      totals: conformance.totals,
      growth: memory?.growth ?? null,
    }
  } catch (error) {
    throw new Error(`The example could not be judged. It printed:\n${example.output}`, { cause: error })
  }
}

/** Puts the files of all judges into a bucket on this machine, whose objects are never changed in place. */
async function fillBucket(
  workshop: Workshop,
  name: string,
  bucket: Bucket,
  media: TestFolder,
): Promise<void> {
  for (const path of [media.at(FILM), putCompressionFile(media), putAbortsFile(media)]) {
    await workshop.run(name, `wrangler r2 object put ${bucket.name}/${basename(path)} --file ${path} --local`)
  }
}
