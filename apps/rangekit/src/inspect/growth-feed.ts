import type { MaybePromise, RangeSource, Representation } from '@rangekit/range-core'
import type { GrowthMessage } from './protocol.ts'

/** Milliseconds between two messages about a file. */
const PACE = 100
/** For how long a writer is waited for before the file is looked at again, in milliseconds. */
const PATIENCE = 1000

/** Called with each new message about a file. */
export type GrowthListener = (message: GrowthMessage) => void

interface Followed {
  readonly listeners: Set<GrowthListener>
  /** Ends the wait for the writer that is under way. */
  stop: () => void
  latest: GrowthMessage | undefined
}

/**
 * Tells how much is there of files that are still being written. A file is followed once for all of its listeners, until
 * it is complete. It stays open meanwhile: a player that is about to ask for more finds it as it was.
 */
export class GrowthFeed {
  readonly #source: RangeSource
  readonly #followed = new Map<string, Followed>()

  constructor(source: RangeSource) {
    this.#source = source
  }

  /**
   * Calls `listener` soon, and then whenever more is there.
   *
   * @returns removes the listener.
   */
  listen(key: string, listener: GrowthListener): () => void {
    const followed = this.#followed.get(key) ?? this.#follow(key)
    followed.listeners.add(listener)
    if (followed.latest !== undefined) listener(followed.latest)
    return () => {
      if (!followed.listeners.delete(listener) || followed.listeners.size > 0) return
      this.#followed.delete(key)
      followed.stop()
    }
  }

  #follow(key: string): Followed {
    const followed: Followed = { listeners: new Set(), stop() {}, latest: undefined }
    this.#followed.set(key, followed)
    void this.#run(key, followed)
    return followed
  }

  async #run(key: string, followed: Followed): Promise<void> {
    const { listeners } = followed
    const tell = (message: GrowthMessage) => {
      const { latest } = followed
      if (latest?.frontier === message.frontier && latest.state === message.state) return
      followed.latest = message
      for (const listener of listeners) listener(message)
    }
    const isWanted = () => this.#followed.get(key) === followed
    while (isWanted()) {
      const file = await open(this.#source, key)
      try {
        if (file === undefined) {
          tell({ key, frontier: followed.latest?.frontier ?? 0, state: 'gone' })
        } else if (!(await watchWriter(key, file, followed, { tell, isWanted }))) {
          return
        }
      } finally {
        await file?.close()
      }
      if (isWanted()) await pause(followed, PATIENCE)
    }
  }
}

interface Watching {
  readonly tell: GrowthListener
  readonly isWanted: () => boolean
}

/** Follows a file while it grows. Whether it is to be looked at again: its writer has failed, or may have. */
async function watchWriter(
  key: string,
  file: Representation,
  followed: Followed,
  { tell, isWanted }: Watching,
): Promise<boolean> {
  while (isWanted()) {
    tell(messageOf(key, file))
    if (file.isComplete !== false) return false
    if (!(await moreOf(file, followed))) return true
    if (isWanted()) await pause(followed, PACE)
  }
  return false
}

/** Waits for more of a file, but not for ever. Resolves with whether the file is still good. */
async function moreOf(file: Representation, followed: Followed): Promise<boolean> {
  const { frontier = 0 } = file
  const waiting = new AbortController()
  // A wait that never ends would count against the patience that others have with the writer.
  const timer = setTimeout(() => waiting.abort(), PATIENCE)
  followed.stop = () => waiting.abort()
  try {
    const more = file.whenThere?.(frontier, { signal: waiting.signal })
    if (more === undefined) await pause(followed, PATIENCE)
    else await more
    return true
  } catch {
    return waiting.signal.aborted
  } finally {
    clearTimeout(timer)
  }
}

function pause(followed: Followed, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    timer.unref()
    followed.stop = () => {
      clearTimeout(timer)
      resolve()
    }
  })
}

function messageOf(key: string, file: Representation): GrowthMessage {
  const { completeLength, isComplete, frontier = completeLength ?? 0 } = file
  const state = isComplete === false ? 'growing' : 'complete'
  return { key, frontier, ...(completeLength !== undefined && { completeLength }), state }
}

async function open(source: RangeSource, key: string): Promise<Representation | undefined> {
  try {
    const file: MaybePromise<Representation | undefined> = source.open(key)
    return await file
  } catch {
    // Descriptors have run out, or the disk is away. The next look may be better.
    return undefined
  }
}
