import { Worker } from 'node:worker_threads'
import type { FromWorker, ToWorker } from './media-messages.ts'
import type { MediaContent, MediaFile } from './parse-media.ts'

/** In a checkout, the thread's source; in a build, the file next to the command. */
const SCRIPT = new URL(
  import.meta.url.endsWith('.ts') ? './media-worker.ts' : './media-worker.js',
  import.meta.url,
)
/** A thread without work ends after this many milliseconds, and its memory is free again. */
const IDLE_MS = 10_000
/** Bounds what a damaged file can make the parser allocate. Node only. */
const LIMITS = { maxOldGenerationSizeMb: 256 }

/** A thread that parses one file at a time. */
class MediaThread {
  readonly #worker = new Worker(SCRIPT, { resourceLimits: LIMITS })
  #isOver = false
  #file: MediaFile | undefined
  #done: ((content: MediaContent) => void) | undefined

  constructor() {
    this.#worker.on('message', (message: FromWorker) => this.#receive(message))
    this.#worker.on('error', () => this.end())
    this.#worker.on('exit', () => this.end())
  }

  get isOver(): boolean {
    return this.#isOver
  }

  parse(file: MediaFile): Promise<MediaContent> {
    this.#file = file
    this.#worker.ref()
    const { size, maxPicture } = file
    this.#post({ kind: 'parse', size, maxPicture })
    return new Promise((resolve) => {
      this.#done = resolve
    })
  }

  /** Ends the thread, whatever it does. */
  end(): void {
    this.#isOver = true
    this.#finish({})
    void this.#worker.terminate()
  }

  #finish(content: MediaContent): void {
    this.#file = undefined
    // A thread without work does not keep the process running.
    this.#worker.unref()
    this.#done?.(content)
    this.#done = undefined
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message)
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case 'parsed':
        this.#finish(message.content)
        return
      case 'read': {
        const { id, start, end } = message
        const answer = (bytes: Uint8Array | undefined) => this.#post({ kind: 'bytes', id, bytes })
        this.#file?.read(start, end).then(answer, () => answer(undefined))
        return
      }
    }
  }
}

const idle = new Map<MediaThread, NodeJS.Timeout>()

/**
 * Parses a file in a separate thread, so that no file can keep the server busy. Threads are started when they are
 * needed, and end when nothing was parsed for a while.
 *
 * @param signal ends it, and the thread with it.
 * @returns what the file says about itself; nothing if `signal` was aborted or the parser failed.
 */
export async function parseInThread(file: MediaFile, signal: AbortSignal): Promise<MediaContent> {
  if (signal.aborted) return {}
  const thread = [...idle.keys()].find(({ isOver }) => !isOver) ?? new MediaThread()
  clearTimeout(idle.get(thread))
  idle.delete(thread)
  const end = () => thread.end()
  signal.addEventListener('abort', end)
  const content = await thread.parse(file)
  signal.removeEventListener('abort', end)
  if (!thread.isOver) idle.set(thread, setTimeout(() => retire(thread), IDLE_MS).unref())
  return content
}

function retire(thread: MediaThread): void {
  idle.delete(thread)
  thread.end()
}
