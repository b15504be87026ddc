import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestFolder } from '@rangekit/test-kit/folder'
import { SAMPLES } from '@rangekit/test-kit/runtimes'

const VTT = 'WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n'
/** A picture of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==',
  'base64',
)

/** Fills a folder with the files that the requests name, in `media`, and a secret. */
export function fillFolder({ put, putSparse }: TestFolder): void {
  put('secret', 'a secret for the tests of the description')
  put('media/film.en.vtt', VTT)
  put('media/film.png', PNG)
  put('media/films/Other.mp4', 'other')
  put('media/page.html', '<p>Text</p>')
  putSparse('media/large.bin', 16 * 1024 * 1024)
  copyFileSync(join(SAMPLES, 'Plasma_Clock__c04e6b17-92aa-4f0d.mp4'), put('media/film.mp4', ''))
}
