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
import { FLAGS, SCHEMES, type Studio } from './studio.ts'

const STORY = 'range-map'
const names = [...PICTURES.map(({ name }) => name), STORY]

const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !names.includes(name))
if (unknown !== undefined) throw new RangeError(`Unknown picture ${unknown}; expected ${names.join(', ')}`)
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name)

const executablePath = findTool('chromium', 'chromium')
const ffmpeg = findTool('ffmpeg', 'ffmpeg')
if (executablePath === undefined || ffmpeg === undefined) process.exit(1)

const target = resolve(import.meta.dirname, '../../../docs/images')
const cache = resolve(import.meta.dirname, '../node_modules/.cache/screenshots')
const films = join(cache, 'Films')
mkdirSync(target, { recursive: true })
await makeLibrary(films, ffmpeg)

await using server = await startServer('node', films)
const browser = await chromium.launch({ executablePath, args: FLAGS })
const studio: Studio = { browser, site: `${server.origin}/`, ffmpeg, target }
try {
  for (const scheme of SCHEMES) {
    for (const picture of PICTURES.filter(({ name }) => isWanted(name))) {
      console.log(`${picture.name}-${scheme}`)
      await takePicture(studio, picture, scheme)
    }
    if (!isWanted(STORY)) continue
    console.log(`${STORY}-${scheme}`)
    await recordStory(studio, scheme, join(cache, `story-${scheme}`))
  }
} finally {
  await browser.close()
}
