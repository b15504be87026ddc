#!/usr/bin/env node
// Makes the pictures of the documentation, in docs/images: npm run screenshots [-- NAME...]
// With names (library, player-phone, range-map), only these. Needs ffmpeg and Chromium.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { startServer } from '@rangekit/test-kit/start-server'
import { findTool } from '@rangekit/test-kit/tools'
import { chromium } from 'playwright-core'
import { recordStory } from './animation.ts'
import { makeLibrary } from './films.ts'
import { PICTURES, takePicture } from './pictures.ts'
import { FLAGS, SCHEMES, type Scheme, type Studio } from './studio.ts'

const STORY = 'range-map'
const names = [...PICTURES.map(({ name }) => name), STORY]

const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !names.includes(name))
if (unknown !== undefined) throw new RangeError(`Unknown picture ${unknown}; expected ${names.join(', ')}`)

const executablePath = findTool('chromium', 'chromium')
const ffmpeg = findTool('ffmpeg', 'ffmpeg')
if (executablePath === undefined || ffmpeg === undefined) process.exit(1)

const target = resolve(import.meta.dirname, '../../../docs/images')
const cache = resolve(import.meta.dirname, '../node_modules/.cache/screenshots')
const films = join(cache, 'Films')
mkdirSync(target, { recursive: true })
await makeLibrary(films, ffmpeg)

const browser = await chromium.launch({ executablePath, args: FLAGS })

/** Each picture has a server of its own: the map shows whatever a file was asked before. */
const make = async (name: string, scheme: Scheme, take: (studio: Studio) => Promise<void>) => {
  if (wanted.length > 0 && !wanted.includes(name)) return
  console.log(`${name}-${scheme}`)
  await using server = await startServer('node', films)
  await take({ browser, site: `${server.origin}/`, ffmpeg, target })
}

try {
  for (const scheme of SCHEMES) {
    for (const picture of PICTURES) await make(picture.name, scheme, (at) => takePicture(at, picture, scheme))
    await make(STORY, scheme, (at) => recordStory(at, scheme, join(cache, `story-${scheme}`)))
  }
} finally {
  await browser.close()
}
