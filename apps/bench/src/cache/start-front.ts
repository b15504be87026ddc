import type { MaybePromise } from '@rangekit/range-core'
import { FILE_NAME, type Measured } from '../measure/measure.ts'
import { startPinned } from '../peers/servers.ts'
import { startKind } from '../peers/start.ts'
import { frontKinds, originKind, type WarmId } from './fronts.ts'

export interface Front extends Measured {
  /** URL of the folder of files at the origin. */
  readonly origin: URL
}

/** A disk may be slower than the origin, and a cache then leaves out blocks until they are read again. */
const PASSES = 4
/** Where the origin writes how much it has sent, if nobody looks. */
const NO_LOG = '/dev/null'

/**
 * Starts a front with an empty cache on the server's core, and its origin on the client's.
 *
 * @param via where the front finds the origin, given its URL. Default: there.
 */
export async function startFront(
  id: WarmId,
  root: string,
  {
    log = NO_LOG,
    via = (origin: URL) => origin,
  }: { log?: string; via?: (origin: URL) => MaybePromise<URL> } = {},
): Promise<Front> {
  const origin = await startKind(originKind(log), root)
  try {
    const url = new URL(origin.url)
    const front = await startPinned(frontKinds(await via(url))[id], root)
    return {
      url: front.url,
      pid: front.pid,
      origin: url,
      async [Symbol.asyncDispose]() {
        await front[Symbol.asyncDispose]()
        await origin[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await origin[Symbol.asyncDispose]()
    throw error
  }
}

/** The same with all of the test file in its cache. */
export async function startWarm(id: WarmId, root: string): Promise<Front> {
  const front = await startFront(id, root)
  for (let pass = 0; pass < PASSES; pass++) {
    const response = await fetch(new URL(FILE_NAME, front.url))
    for await (const _ of response.body ?? []);
  }
  return front
}
