import { existsSync, mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { FILMS, type Film, RECORDING } from './catalog.ts'
import { drawLandscape, type Landscape, LOOP } from './landscape.ts'
import { convert as runFfmpeg } from './studio.ts'

const RATE = 24

/** Milliseconds. */
const DAY = 24 * 60 * 60 * 1000

/** A quiet chord whose voices swell and fade, each with its own period. */
const CHORD = [110, 164.81, 220, 277.18]
  .map((hertz, voice) => `0.06*sin(2*PI*${hertz}*t)*(1+sin(2*PI*t*${voice + 1}/${LOOP}))`)
  .join('+')

/** Runs ffmpeg with these arguments. */
type Convert = (...args: readonly string[]) => Promise<void>

/**
 * Makes the library that the pictures show. Files that exist are kept, so only the first run takes minutes.
 *
 * @param ffmpeg the path of the program.
 */
export async function makeLibrary(folder: string, ffmpeg: string): Promise<void> {
  const convert: Convert = (...args) => runFfmpeg(ffmpeg, ...args)
  const scratch = `${folder}.scratch`
  mkdirSync(scratch, { recursive: true })
  for (const film of FILMS) {
    await unlessThere(folder, film, () => makeFilm(film, scratch, convert))
    writeSubtitles(join(folder, film.file), film)
  }
  await unlessThere(folder, RECORDING, () => makeRecording(scratch, convert))
}

/** Moves what `make` has made to its place, so that an interrupted run leaves no half file. */
async function unlessThere(
  folder: string,
  { file, age }: Pick<Film, 'file' | 'age'>,
  make: () => Promise<string>,
): Promise<void> {
  const path = join(folder, file)
  if (!existsSync(path)) {
    console.log(`Making ${file}`)
    const made = await make()
    mkdirSync(dirname(path), { recursive: true })
    renameSync(made, path)
  }
  const modified = new Date(Date.now() - age * DAY)
  utimesSync(path, modified, modified)
  if (file.includes('/')) utimesSync(dirname(path), modified, modified)
}

/** Encodes one loop of the film, and repeats it without encoding it again. */
async function makeFilm(film: Film, scratch: string, convert: Convert): Promise<string> {
  const at = (name: string) => join(scratch, name)
  const seconds = film.loops * LOOP
  await convert(
    ...['-filter_complex', drawLandscape(film.picture, { size: film.size, rate: RATE }), '-map', '[film]'],
    ...['-t', String(LOOP), '-c:v', 'libx264', '-preset', 'veryfast', '-g', String(RATE * 2)],
    ...(film.bitrate === undefined ? ['-crf', '20'] : padded(film.bitrate)),
    at('loop.mp4'),
  )
  await convert('-ss', '1', '-i', at('loop.mp4'), '-frames:v', '1', '-vf', 'scale=640:-2', at('cover.jpg'))
  await makeSound(at('sound.m4a'), seconds, convert)
  await convert(
    ...['-stream_loop', '-1', '-i', at('loop.mp4'), '-i', at('sound.m4a'), '-i', at('cover.jpg')],
    ...['-map', '0:v', '-map', '1:a', '-map', '2:v', '-t', String(seconds), '-c', 'copy'],
    ...['-disposition:v:1', 'attached_pic', '-movflags', '+faststart', at('film.mp4')],
  )
  return at('film.mp4')
}

/** Makes sound with a cover picture. */
async function makeRecording(scratch: string, convert: Convert): Promise<string> {
  const at = (name: string) => join(scratch, name)
  await drawStill(RECORDING.picture, at('cover.jpg'), convert)
  await makeSound(at('sound.m4a'), RECORDING.seconds, convert)
  await convert(
    ...['-i', at('sound.m4a'), '-i', at('cover.jpg'), '-map', '0:a', '-map', '1:v', '-c', 'copy'],
    ...['-disposition:v:0', 'attached_pic', '-movflags', '+faststart', at('recording.m4a')],
  )
  return at('recording.m4a')
}

async function makeSound(path: string, seconds: number, convert: Convert): Promise<void> {
  const source = `aevalsrc=exprs='${CHORD}':sample_rate=44100:duration=${LOOP}`
  const loop = `${path}.loop.m4a`
  await convert('-f', 'lavfi', '-i', source, '-c:a', 'aac', '-b:a', '96k', loop)
  await convert('-stream_loop', '-1', '-i', loop, '-t', String(seconds), '-c', 'copy', path)
}

async function drawStill(picture: Landscape, path: string, convert: Convert): Promise<void> {
  const graph = drawLandscape(picture, { size: [640, 360], rate: RATE })
  await convert('-filter_complex', graph, '-map', '[film]', '-frames:v', '1', path)
}

/** Exactly so many bits per second: the encoder fills up frames that need fewer. */
function padded(bitrate: number): readonly string[] {
  const rate = String(bitrate)
  return ['-b:v', rate, '-maxrate', rate, '-bufsize', rate, '-x264-params', 'nal-hrd=cbr:filler=1']
}

/** Writes one file for each language: four seconds for each line, with a second between them, over and over. */
function writeSubtitles(path: string, { loops, subtitles = {} }: Film): void {
  for (const [language, lines] of Object.entries(subtitles)) {
    const cues = Array.from({ length: Math.floor((loops * LOOP) / 5) }, (_, index) => {
      const [from, to] = [clock(index * 5 + 1), clock(index * 5 + 5)]
      return `${from} --> ${to}\n${lines[index % lines.length]}\n`
    })
    const name = `${path.slice(0, -extname(path).length)}.${language}.vtt`
    writeFileSync(name, ['WEBVTT\n', ...cues].join('\n'))
  }
}

/** Whole seconds as WebVTT writes them. */
function clock(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(11, 19)}.000`
}
