import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileSource, folderReader } from '@rangekit/node-fs-source'
import { serve } from '@rangekit/server'
import { sharedServer } from '@rangekit/test-kit/fixtures'
import { makeFolder } from '@rangekit/test-kit/folder'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import { Hono } from 'hono'
import { createSite } from '../../src/site.ts'

/** The sample videos show the second they are at as five squares. */
export const CLOCK = 'Clock__7f3a91c2-5d1e-4b8a.mp4'
export const PLASMA = 'Plasma_Clock__c04e6b17-92aa-4f0d.mp4'
/** A name in which everything stands that a page could trip over. */
export const HOSTILE = `<img src=x onerror=alert(1)> "a" 'b' & #1? 100% \u202eגדול ${'very long '.repeat(10)}.mp4`

/** A server of two videos with subtitles, and a file of each other kind, also below the path `/pre`. */
export const sharedWatchSite = () => sharedServer(startWatchSite)

async function startWatchSite() {
  const folder = makeFolder()
  for (const name of [CLOCK, PLASMA]) copyFileSync(join(SAMPLES, name), folder.at(name))
  copyFileSync(join(SAMPLES, PLASMA), folder.at(HOSTILE))
  const stem = CLOCK.replace('.mp4', '')
  folder.put(`${stem}.en.srt`, '1\n00:00:00,500 --> 00:00:25,000\nHello <i>from</i> SubRip\n')
  folder.put(`${stem}.es.vtt`, 'WEBVTT\n\n00:00.500 --> 00:25.000\nHola\n')
  folder.put('broken.mp4', new Uint8Array(50_000).fill(1))
  folder.put('silence.wav', wave(12))
  folder.put('dot.png', Buffer.from(PNG, 'base64'))
  folder.put('paper.pdf', PDF)
  folder.put('notes.txt', 'Some notes\n')
  folder.put('data.bin', new Uint8Array(5000))
  const source = fileSource(folder.path)
  const site = createSite({ reader: folderReader(folder.path), source, inspect: true, index: false })
  const app = new Hono().mount('/pre', site.fetch).all('*', ({ req }) => site.fetch(req.raw))
  const server = await serve({ port: 0, fetch: app.fetch })
  const stop = async () => {
    await server.stop(0)
    folder.remove()
  }
  return { folder, origin: `http://127.0.0.1:${server.port}`, stop }
}

/** The path of a page. */
export function pathOf(name: string): string {
  return `/watch/${encodeURIComponent(name)}`
}

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** A page with one red rectangle. Its table of references is missing: viewers make one. */
const PDF = `%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents 4 0 R>> endobj
4 0 obj <</Length 30>> stream
1 0 0 rg 0 0 400 300 re f
endstream endobj
trailer <</Root 1 0 R>>
`

/** Seconds of silence. */
function wave(seconds: number): Uint8Array {
  const length = seconds * 8000
  const bytes = Buffer.alloc(44 + length, 128)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + length, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(8000, 24)
  bytes.writeUInt32LE(8000, 28)
  bytes.writeUInt16LE(1, 32)
  bytes.writeUInt16LE(8, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(length, 40)
  return bytes
}
