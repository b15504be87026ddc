import {
  ADTS,
  type AttachedImage,
  CustomSource,
  FLAC,
  Input,
  MATROSKA,
  MP3,
  MP4,
  MPEG_TS,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from 'mediabunny'
import { type Picture, pictureOf } from './picture.ts'

/** What a media file says about itself. */
export interface MediaContent {
  /** Seconds. */
  readonly duration?: number
  /** Pixels, as displayed. */
  readonly width?: number
  readonly height?: number
  readonly picture?: Picture
}

/** A file to parse. */
export interface MediaFile {
  /** Bytes in the file. */
  readonly size: number
  /** The bytes from `start` to before `end`; may reject. */
  readonly read: (start: number, end: number) => Promise<Uint8Array>
  /** Bytes that a picture may have. */
  readonly maxPicture: number
}

// No playlists: they name other files.
const FORMATS = [MP4, QTFF, MATROSKA, WEBM, MP3, WAVE, OGG, ADTS, FLAC, MPEG_TS]
const MAX_CACHE = 4 * 1024 * 1024
/** More than any film; some damaged files claim years. Seconds. */
const MAX_DURATION = 1e6
const MAX_PIXELS = 1e5

/**
 * Duration, size and cover of a media file, from a few ranges of it; what is damaged or unknown is left out. Never
 * rejects, but a damaged file can make the parser loop without end: call it in a thread that can be ended.
 */
export async function parseMedia({ size, read, maxPicture }: MediaFile): Promise<MediaContent> {
  const input = new Input({
    formats: FORMATS,
    source: new CustomSource({
      getSize: () => size,
      read,
      maxCacheSize: MAX_CACHE,
      prefetchProfile: 'fileSystem',
      handleUnhandledError: () => undefined,
    }),
  })
  // Any step can fail, and the others may still succeed.
  const attempt = <T>(step: (input: Input) => Promise<T>) => step(input).catch(() => undefined)
  const duration = await attempt(durationOf)
  const pixels = await attempt(pixelsOf)
  const picture = await attempt(() => coverOf(input, maxPicture))
  input.dispose()
  return { ...(duration && { duration }), ...pixels, ...(picture && { picture }) }
}

async function durationOf(input: Input): Promise<number | undefined> {
  const end = (await input.getDurationFromMetadata()) ?? (await input.computeDuration())
  const start = await input.getFirstTimestamp()
  // The clock of a recorded broadcast begins anywhere; that of a film may begin a few frames late.
  const seconds = start > 1 ? end - start : end
  return seconds > 0 && seconds < MAX_DURATION ? seconds : undefined
}

async function pixelsOf(input: Input): Promise<{ width: number; height: number } | undefined> {
  const track = await input.getPrimaryVideoTrack()
  if (track === null) return undefined
  const width = Math.round(await track.getDisplayWidth())
  const height = Math.round(await track.getDisplayHeight())
  const isSane = [width, height].every((pixels) => pixels > 0 && pixels < MAX_PIXELS)
  return isSane ? { width, height } : undefined
}

async function coverOf(input: Input, maxBytes: number): Promise<Picture | undefined> {
  const { images = [] } = await input.getMetadataTags()
  const isFront = ({ kind }: AttachedImage) => kind === 'coverFront'
  return images
    .filter(({ data }) => data.byteLength <= maxBytes)
    .toSorted((a, b) => Number(isFront(b)) - Number(isFront(a)))
    .map(({ data }) => pictureOf(data))
    .find((picture) => picture !== undefined)
}
