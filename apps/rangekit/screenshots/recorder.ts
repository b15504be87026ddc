import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CDPSession, Page } from 'playwright-core'
import { convert } from './studio.ts'

interface Shot {
  readonly file: string
  /** Seconds. */
  readonly time: number
}

/** Records what a page shows, across navigations. */
export class Recorder {
  readonly #session: CDPSession
  readonly #folder: string
  readonly #shots: Shot[] = []

  /** @param folder for the single pictures; whatever it held is removed. */
  static async start(page: Page, folder: string): Promise<Recorder> {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const session = await page.context().newCDPSession(page)
    const recorder = new Recorder(session, folder)
    await session.send('Page.startScreencast', { format: 'jpeg', quality: 95, everyNthFrame: 1 })
    return recorder
  }

  private constructor(session: CDPSession, folder: string) {
    this.#session = session
    this.#folder = folder
    session.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
      void session.send('Page.screencastFrameAck', { sessionId })
      const file = join(folder, `${String(this.#shots.length).padStart(5, '0')}.jpg`)
      writeFileSync(file, data, 'base64')
      this.#shots.push({ file, time: metadata.timestamp ?? Date.now() / 1000 })
    })
  }

  /**
   * Ends the recording, and writes it as an animation that repeats.
   *
   * @param path of a WebP file.
   * @param rate pictures per second.
   * @returns its length in seconds.
   */
  async save(ffmpeg: string, path: string, width: number, rate: number): Promise<number> {
    await this.#session.send('Page.stopScreencast')
    const end = Date.now() / 1000
    const lines = this.#shots.map(({ file, time }, index) => {
      const until = this.#shots[index + 1]?.time ?? end
      return `file '${file}'\nduration ${Math.max(until - time, 0.001).toFixed(4)}\n`
    })
    const list = join(this.#folder, 'list.txt')
    writeFileSync(list, lines.join(''))
    await convert(
      ffmpeg,
      ...['-f', 'concat', '-safe', '0', '-i', list, '-vf', `fps=${rate},scale=${width}:-2:flags=lanczos`],
      ...['-c:v', 'libwebp_anim', '-q:v', '62', '-compression_level', '4', '-loop', '0', path],
    )
    return end - (this.#shots[0]?.time ?? end)
  }
}
