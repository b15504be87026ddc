import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Download } from './download.js'
import { nameOf } from './file-name.js'

/** The record of a download is a dotfile: it lies next to the file and is not served. */
const recordOf = (name) => `.${name}.json`

/** All downloads into a folder, a few at a time. What is not complete is taken up again when the process starts. */
export class Downloads {
  #folder
  #options
  #all = new Map()
  #running = 0

  /** `atOnce`: how many downloads run at the same time. `backoff`: milliseconds before the first repetition. */
  constructor(folder, options) {
    this.#folder = folder
    this.#options = options
  }

  static async open(folder, options) {
    const downloads = new Downloads(folder, options)
    for (const entry of await readdir(folder)) {
      if (!/^\..+\.json$/.test(entry)) continue
      const record = JSON.parse(await readFile(join(folder, entry), 'utf8'))
      if (recordOf(record.name) === entry) downloads.#take(record)
    }
    downloads.#startNext()
    return downloads
  }

  list() {
    return [...this.#all.values()]
  }

  find(name) {
    return this.list().find(({ record }) => record.name === name)
  }

  async add(url, filename) {
    const id = crypto.randomUUID()
    const record = { id, name: nameOf(url, filename, id), url: url.href }
    await this.#save(record)
    const download = this.#take(record)
    this.#startNext()
    return download
  }

  /** Ends a download and removes what is there of it. Of one that is complete, only the record goes. */
  async cancel(id) {
    const download = this.#all.get(id)
    if (download === undefined) return false
    this.#all.delete(id)
    await download.cancel()
    const { name } = download.record
    for (const path of [`${name}.part`, `${name}.part.length`, recordOf(name)]) {
      await rm(join(this.#folder, path), { force: true })
    }
    return true
  }

  #take(record) {
    const path = join(this.#folder, record.name)
    const save = () => this.#save(record)
    const download = new Download(path, record, { save, backoff: this.#options.backoff })
    this.#all.set(record.id, download)
    return download
  }

  #startNext() {
    for (const download of this.#all.values()) {
      if (this.#running >= this.#options.atOnce) return
      if (download.state !== 'waiting') continue
      this.#running++
      download.run().finally(() => {
        this.#running--
        this.#startNext()
      })
    }
  }

  /** Replaces the record in one step: a process that dies leaves the old one or the new one. */
  async #save(record) {
    const path = join(this.#folder, recordOf(record.name))
    await writeFile(`${path}.new`, JSON.stringify(record))
    await rename(`${path}.new`, path)
  }
}
