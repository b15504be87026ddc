import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import type { TestFolder } from '@rangekit/test-kit/folder'
import { run } from '@rangekit/test-kit/processes'
import { findTool } from '@rangekit/test-kit/tools'
import { words } from '@rangekit/test-kit/words'

/** Where ffmpeg is; `undefined` if it is missing. */
export const ffmpeg = findTool('ffmpeg', 'ffmpeg')

/** Streams in parts: playlists of different kinds, relative to the folder. */
export const STREAMS = [
  { kind: 'HLS', playlist: 'streams/hls/index.m3u8', part: 'streams/hls/720p/1.ts' },
  { kind: 'DASH', playlist: 'streams/dash/index.mpd', part: 'streams/dash/chunk-stream0-00002.m4s' },
] as const

/** Seconds of each stream. */
export const STREAM_LENGTH = 4

const PICTURES = `-f lavfi -i testsrc2=s=160x90:r=25:d=${STREAM_LENGTH}`
const SOUND = `-f lavfi -i sine=d=${STREAM_LENGTH}`
const CODECS = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -c:a aac'

/** Makes the same film as HLS, with its media playlist and parts in a folder below, and as DASH. */
export function putStreams({ at }: TestFolder): void {
  for (const path of ['streams/hls', 'streams/dash']) mkdirSync(at(path), { recursive: true })
  const make = (path: string, muxer: string) => {
    const args = words(`-v error ${PICTURES} ${SOUND} ${CODECS} ${muxer}`)
    execFileSync(ffmpeg ?? '', args, { cwd: at(path), stdio: ['ignore', 'inherit', 'inherit'] })
  }
  const hls = '-f hls -hls_time 1 -hls_playlist_type vod -hls_segment_filename %v/%d.ts'
  make('streams/hls', `${hls} -master_pl_name index.m3u8 -var_stream_map v:0,a:0,name:720p %v/index.m3u8`)
  make('streams/dash', '-f dash -seg_duration 1 index.mpd')
}

/** What ffmpeg says after it has played something to its end: a hash of all pictures and one of all sound. */
export function playThrough(url: string) {
  return run(ffmpeg ?? '', ['-nostdin', '-v', 'error', '-i', url, '-map', '0', '-f', 'streamhash', '-'])
}
