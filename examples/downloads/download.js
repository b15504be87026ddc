import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { growingFile } from '@rangekit/node-fs-source'
import { lengthOf, validatorOf, wholeOf } from './origin.js'

/** How often a request is repeated while no further byte comes. */
const REPETITIONS = 5
/** A connection that brings nothing for this many milliseconds is given up. */
const STALL = 30_000
/** Other errors of an origin will not pass. */
const PASSING = [408, 425, 429, 500, 502, 503, 504]

/** Trying again would be of no use. */
class Refusal extends Error {}

/**
 * One download. Its file grows in the library, and can be read there meanwhile. After a broken connection it goes on where
 * it was, and readers only wait; after a restart, too. If the origin has another version by then, it begins anew: those who
 * read the old one get an error, and never bytes of both.
 *
 * Its record outlives the process: id, name, url; then isBegun, completeLength, validator; in the end isDone.
 */
export class Download {
  record
  /** 'waiting' for its turn, 'running', 'done' or 'failed'. */
  state = 'waiting'
  /** Why it has failed, or its last request has. */
  error
  /** How many bytes are there. */
  frontier = 0
  #path
  #save
  #backoff
  #file
  #writer
  #ended
  #begun = Promise.withResolvers()
  #cancelling = new AbortController()

  constructor(path, record, { save, backoff }) {
    this.#path = path
    this.record = record
    this.#save = save
    this.#backoff = backoff
    if (record.isDone) {
      this.state = 'done'
      this.frontier = record.completeLength
    }
  }

  /** Resolves when the file is there, or a request has failed. */
  get begun() {
    return this.#begun.promise
  }

  /** The file for one reader while it is written; readers learn at once if it fails. */
  open() {
    return this.#file?.open()
  }

  toJSON() {
    const { state, frontier, error } = this
    const { id, name, url, completeLength } = this.record
    const link = `/api/stream/${encodeURIComponent(name)}`
    return { id, name, url, link, state, frontier, completeLength, error }
  }

  run() {
    this.#ended = this.#run()
    return this.#ended
  }

  async cancel() {
    this.#cancelling.abort(new Refusal('Cancelled'))
    await this.#ended
  }

  async #run() {
    this.state = 'running'
    try {
      // It may have ended before its record said so.
      const whole = await stat(this.#path).catch(() => undefined)
      if (whole === undefined) await this.#fetchAll()
      else this.frontier = whole.size
      Object.assign(this.record, { isDone: true, completeLength: this.frontier })
      await this.#save()
      this.state = 'done'
      this.error = undefined
    } catch (error) {
      this.state = 'failed'
      this.error = reasonOf(error)
      await this.#writer?.abort(error)
    }
    this.#begun.resolve()
  }

  async #fetchAll() {
    if (this.record.isBegun) await this.#openFile({ resume: true })
    let furthest = this.frontier
    for (let failures = 1; ; failures++) {
      try {
        await this.#request()
        break
      } catch (error) {
        if (this.frontier > furthest) failures = 1
        if (failures > REPETITIONS || error instanceof Refusal) throw error
        furthest = Math.max(furthest, this.frontier)
        this.error = reasonOf(error)
        this.#begun.resolve()
        await sleep(this.#backoff * 2 ** (failures - 1), undefined, { signal: this.#cancelling.signal })
      }
    }
    await this.#writer.close()
  }

  /** Requests what is missing, and writes it. */
  async #request() {
    const { record } = this
    if (record.isBegun && this.frontier === record.completeLength) return
    const isRest = this.frontier > 0 && record.validator !== undefined
    // The positions of what is encoded on the way would be others.
    const headers = { 'Accept-Encoding': 'identity' }
    if (isRest) Object.assign(headers, { Range: `bytes=${this.frontier}-`, 'If-Range': record.validator })
    const stalling = new AbortController()
    const stalled = setTimeout(() => stalling.abort(new Error(`No byte for ${STALL} ms`)), STALL)
    try {
      const signal = AbortSignal.any([stalling.signal, this.#cancelling.signal])
      const response = await fetch(record.url, { headers, signal })
      await this.#judge(response, isRest)
      for await (const chunk of response.body ?? []) {
        await this.#write(chunk)
        stalled.refresh()
      }
    } finally {
      clearTimeout(stalled)
    }
    if (this.frontier < (record.completeLength ?? 0)) throw new Error('The origin has sent too few bytes')
  }

  /** Makes sure that the next byte of a response belongs where the file ends. */
  async #judge(response, isRest) {
    const { record } = this
    if (response.status === 200) return this.#begin(response)
    const whole = isRest && response.status === 206 ? wholeOf(response, this.frontier, record) : undefined
    if (whole !== undefined) {
      record.completeLength = whole
      return
    }
    await response.body?.cancel()
    if (isRest && [206, 416].includes(response.status)) {
      record.validator = undefined
      throw new Error('The origin does not have the rest of this version')
    }
    const message = `The origin answers ${response.status}`
    throw PASSING.includes(response.status) ? new Error(message) : new Refusal(message)
  }

  /** Begins with the first byte, maybe of another version than before. */
  async #begin(response) {
    const { record } = this
    const completeLength = lengthOf(response)
    // An empty file stays: its readers wait on.
    const isFit =
      this.#writer !== undefined && this.frontier === 0 && record.completeLength === completeLength
    Object.assign(record, { isBegun: true, completeLength, validator: validatorOf(response) })
    if (!isFit) {
      await this.#writer?.abort(new Error('The origin has another version'))
      await this.#openFile()
    }
    // Only now: the bytes of the version before are gone.
    await this.#save()
    this.#begun.resolve()
  }

  async #openFile({ resume = false } = {}) {
    const { completeLength } = this.record
    this.#file = await growingFile(this.#path, { completeLength, resume })
    this.#writer = this.#file.writable.getWriter()
    this.frontier = this.#file.position
  }

  async #write(chunk) {
    try {
      await this.#writer.write(chunk)
    } catch (cause) {
      throw new Refusal('It cannot be written', { cause })
    }
    this.frontier += chunk.byteLength
  }
}

/** `fetch` keeps the reason in the cause. */
function reasonOf({ message, cause }) {
  return [message, cause?.message || cause?.code].filter(Boolean).join(': ')
}
