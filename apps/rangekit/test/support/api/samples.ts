import { type CommandLine, ENGINES } from '@rangekit/test-kit/runtimes'
import { findTool } from '@rangekit/test-kit/tools'
import { API } from '../../../src/openapi/document.ts'
import { type CodeSample, METHODS, SAMPLE_SERVER } from '../../../src/openapi/types.ts'

/** A documented program. */
export interface NamedSample extends CodeSample {
  /** The operation that it calls, and its language: `getVideos Python`. */
  readonly name: string
}

/** All programs of the document. */
export const SAMPLES: readonly NamedSample[] = Object.values(API.paths).flatMap((item) =>
  METHODS.flatMap((method) => {
    const { operationId, 'x-codeSamples': samples = [] } = item[method] ?? {}
    return samples.map((sample) => ({ ...sample, name: `${operationId} ${sample.label}` }))
  }),
)

const python = findTool('python3', 'python3')
const hasShellTools = [findTool('curl', 'curl'), findTool('rclone', 'rclone')].every(Boolean)

/** How a program is run; `undefined` where a tool is missing. */
export function commandOf({ lang, source }: CodeSample, server: string): CommandLine | undefined {
  const text = source.replaceAll(SAMPLE_SERVER, server)
  switch (lang) {
    case 'Shell':
      return hasShellTools ? ['sh', '-ec', text] : undefined
    case 'JavaScript':
      return [...ENGINES.node, '--input-type=module', '--eval', text]
    case 'Python':
      return python === undefined ? undefined : [python, '-c', text]
    case 'HTML':
      return undefined
  }
}

const TITLES = /^\[.*'film'.*\]\n$/s

/** What each program prints. */
export const PRINTED: Readonly<Record<string, RegExp>> = {
  'getStream curl': /^HTTP\/1\.1 206 Partial Content\r\n.*Content-Range: bytes 0-499\/333387\r\n/s,
  'getStream JavaScript': /^206 bytes 0-499\/333387\n500\n$/,
  'getStream Python': /^206 bytes 0-499\/333387\n500\n$/,
  'getIndex curl': /<a href="film\.mp4">/,
  'getVideos curl': /^\{"path":"","version":"[\w-]+","total":\d+,"entries":\[\{/,
  'getVideos JavaScript': TITLES,
  'getVideos Python': TITLES,
  'getEvents curl': /event: folder\ndata: \{"path":"","version":"[\w-]+"\}\n/,
  'getEvents JavaScript': /^\{ path: '', version: '[\w-]+' \}\n$/,
  'getEvents Python': /^\{'path': '', 'version': '[\w-]+'\}\n$/,
  'getMedia curl': /^\{"duration":20,"width":640,"height":360,"cover":"api\/cover\/film\.mp4"\}$/,
  'getMedia JavaScript': /^20\n$/,
  'getMedia Python': /^20\n$/,
  'getCover curl': /^$/,
  'getSubtitles curl': /^WEBVTT\n\n00:00\.000 --> 00:02\.000\nHello\n$/,
  'getPlaylist curl': /^#EXTM3U\n/,
  'getPlaylist Python': /^\['http:\/\/127\.0\.0\.1:\d+\/api\/stream\/film\.mp4'\]\n$/,
  'getReadiness curl': /^\{"detail":"Ready"\}$/,
  'getReadiness JavaScript': /^Ready\n$/,
  'getReadiness Python': /^Ready\n$/,
  'getHealth curl': /^\{"detail":"Alive"\}$/,
  'getMetrics curl': /^# HELP /m,
  'getOpenApi curl': /^\{"openapi":"3\.1\.1",/,
  'getOpenApi JavaScript': /'\/api\/stream\/\{filename\}',/,
  'getOpenApi Python': /'\/api\/stream\/\{filename\}',/,
}
