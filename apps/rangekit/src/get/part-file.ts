import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { type Batch, writeBatch } from './batches.ts'
import { expectAt, isAt } from './own-file.ts'
import { type FileVersion, isSameVersion, type PartRecord, readRecord, writeRecord } from './part-record.ts'
import { addSpan, missingPieces, type Span, spanBytes } from './spans.ts'

/** How a partial download began: with nothing, with what an earlier one had written, or again, as the file changed. */
export type Beginning = 'new' | 'resumed' | 'changed'

/** Milliseconds between two records: a process that is killed has to fetch again what came since the last one. */
const RECORD_EVERY = 200
/** A slow disk spends no more than a part of its time on records. */
const REST = 3
/** A record that was written this lately is of a process that may still be at work. */
const BUSY_FOR = 10_000

/**
 * A file while it is downloaded: `FILE.part` holds the bytes, in their places, and `FILE.part.json` says which of them
 * are there. Bytes are on the disk before the record says so, so what it says is true whenever the process or the machine
 * stops.
 */
export class PartFile {
  readonly beginning: Beginning
  readonly #target: string
  readonly #version: FileVersion
  readonly #handle: FileHandle
  #timer: NodeJS.Timeout | undefined
  #done: readonly Span[]
  #saving: Promise<void> = Promise.resolve()
  /** Set once the file is not there any more, or is another one. */
  #lost: unknown

  private constructor(
    target: string,
    version: FileVersion,
    opened: { readonly handle: FileHandle; readonly done: readonly Span[]; readonly beginning: Beginning },
  ) {
    this.#target = target
    this.#version = version
    this.#handle = opened.handle
    this.#done = opened.done
    this.beginning = opened.beginning
    this.#recordIn(RECORD_EVERY)
  }

  /**
   * Goes on with what there is of this version, or begins anew.
   *
   * @param target the path of the finished file.
   * @param version if its length and validators are not known to be those of what is there, nothing of it is used.
   * @throws Error if another process is at work on it.
   */
  static async open(target: string, version: FileVersion): Promise<PartFile> {
    const record = await readRecord(recordOf(target))
    if (record !== undefined) await expectIdle(target, record)
    const handle = record && isSameVersion(record, version) ? await reopen(target, record) : undefined
    let part: PartFile
    if (record !== undefined && handle !== undefined) {
      part = new PartFile(target, version, { handle, done: record.done, beginning: 'resumed' })
    } else {
      const beginning = record === undefined ? 'new' : 'changed'
      part = new PartFile(target, version, { handle: await create(target), done: [], beginning })
    }
    try {
      await part.save()
    } catch (error) {
      // Its timer would keep the process.
      await part.#close()
      throw error
    }
    return part
  }

  /** Bytes that have been written. */
  get bytes(): number {
    return spanBytes(this.#done)
  }

  /** What has not been written yet, in pieces of at most `size` bytes. */
  missing(size: number): Span[] {
    return missingPieces(this.#done, this.#version.length, size)
  }

  /** Writes bytes at a position, all of them. */
  async write(batch: Batch, position: number): Promise<void> {
    if (this.#lost !== undefined) throw this.#lost
    await writeBatch(this.#handle, batch, position)
    this.#done = addSpan(this.#done, [position, position + batch.bytes])
  }

  /** Records what has been written. */
  save(): Promise<void> {
    this.#saving = this.#saving.catch(() => {}).then(() => this.#record())
    return this.#saving
  }

  /** The finished file, from its beginning, before it has its name. */
  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    const buffer = new Uint8Array(1024 * 1024)
    for (let position = 0; ; ) {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.byteLength, position)
      if (bytesRead === 0) return
      position += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }

  /** Keeps what there is for another time. */
  async suspend(): Promise<void> {
    try {
      await this.save()
    } finally {
      await this.#close()
    }
  }

  /** Deletes what there is. */
  async discard(): Promise<void> {
    const isOurs = await isAt(this.#handle, partOf(this.#target))
    await this.#close()
    if (!isOurs) return
    await rm(recordOf(this.#target), { force: true })
    await rm(partOf(this.#target), { force: true })
  }

  /** Gives the file its name, once it is complete, and the time at which the server says it was modified. */
  async finish(): Promise<void> {
    const { length, lastModified } = this.#version
    const { size } = await this.#handle.stat()
    if (this.bytes !== length || size !== length)
      throw new Error(`${this.#target} has ${size} of ${length} bytes`)
    if (lastModified !== undefined) await this.#handle.utimes(new Date(), new Date(lastModified))
    await this.suspend()
    await rename(partOf(this.#target), this.#target)
    await rm(recordOf(this.#target), { force: true })
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#saving.catch(() => {})
    await this.#handle.close()
  }

  async #record(): Promise<void> {
    const done = this.#done
    await this.#handle.datasync()
    try {
      await expectAt(this.#handle, partOf(this.#target))
    } catch (error) {
      this.#lost = error
      throw error
    }
    await writeRecord(recordOf(this.#target), { ...this.#version, done, pid: process.pid })
  }

  #recordIn(delay: number): void {
    this.#timer = setTimeout(async () => {
      const began = performance.now()
      // If there is no space for it, the next write says so.
      await this.save().catch(() => {})
      const took = performance.now() - began
      if (this.#timer !== undefined) this.#recordIn(Math.max(RECORD_EVERY, took * REST))
    }, delay)
  }
}

function partOf(target: string): string {
  return `${target}.part`
}

function recordOf(target: string): string {
  return `${target}.part.json`
}

async function expectIdle(target: string, { pid }: PartRecord): Promise<void> {
  const { mtimeMs } = await stat(recordOf(target))
  if (pid === process.pid || Date.now() - mtimeMs > BUSY_FOR || !isAlive(pid)) return
  throw new Error(`${target} is being downloaded by process ${pid}`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Opens the bytes that a record is about; `undefined` if they are not all there. */
async function reopen(target: string, { done }: PartRecord): Promise<FileHandle | undefined> {
  const handle = await open(partOf(target), 'r+').catch(() => undefined)
  if (handle === undefined) return undefined
  const { size } = await handle.stat()
  if (size >= (done.at(-1)?.[1] ?? 0)) return handle
  await handle.close()
  return undefined
}

/** A new file: a process that still has the old one open does not write into this one. */
async function create(target: string): Promise<FileHandle> {
  await rm(recordOf(target), { force: true })
  await rm(partOf(target), { force: true })
  return open(partOf(target), 'wx+')
}
