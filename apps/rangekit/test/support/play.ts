import { expect } from 'vitest'

/** A page of either browser that is driven. */
interface Scriptable {
  evaluate<T>(run: () => T | Promise<T>): Promise<T>
}

/** Plays the film of a page for a moment. */
export async function play(page: Scriptable): Promise<void> {
  await page.evaluate(async () => {
    const media = document.querySelector('video')
    if (media === null) throw new Error('no video')
    media.muted = true
    await media.play()
  })
  await expect.poll(() => currentTime(page)).toBeGreaterThan(0.3)
}

/** Where the film of a page is, in seconds. */
export function currentTime(page: Scriptable): Promise<number> {
  return page.evaluate(() => document.querySelector('video')?.currentTime ?? 0)
}
