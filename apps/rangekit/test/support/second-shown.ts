import type { Page } from 'playwright-core'

/** The second that the picture of a sample film on a page shows, as five squares. */
export function secondShown(page: Page): Promise<number> {
  return page.evaluate(() => {
    const video = document.querySelector('video')
    const canvas = new OffscreenCanvas(640, 360).getContext('2d', { willReadFrequently: true })
    if (video === null || canvas === null) throw new Error('no video')
    canvas.drawImage(video, 0, 0, 640, 360)
    const squares = [420, 460, 500, 540, 580].map((x) => canvas.getImageData(x + 20, 330, 1, 1).data[0] ?? 0)
    return squares.reduce((second, red) => second * 2 + (red > 127 ? 1 : 0), 0)
  })
}
