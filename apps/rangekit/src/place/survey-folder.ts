import { mediaType } from '@rangekit/media-type'
import { type FolderReader, folderReader } from '@rangekit/node-fs-source'

/** What a folder and its sub-folders hold. */
export interface FolderSurvey {
  /** How many videos were found. */
  readonly videos: number
  /** Whether all were counted before a limit was reached. */
  readonly complete: boolean
  /** The key of the first video by name, as near to the root as there is one; else of the first file. */
  readonly example: string | undefined
}

/** Limits of {@link surveyFolder}. */
export interface SurveyLimits {
  /** Default: 1000. */
  readonly folders?: number
  /** In milliseconds. Default: 500. */
  readonly time?: number
}

/**
 * Counts the videos below a folder, by the rules by which files are served, and finds one to try. Stops at a limit, so
 * that large or slow disks do not delay the start.
 */
export async function surveyFolder(dir: string, limits: SurveyLimits = {}): Promise<FolderSurvey> {
  const { folders = 1000, time = 500 } = limits
  let survey: FolderSurvey = { videos: 0, complete: false, example: undefined }
  const timeUp = Promise.withResolvers<void>()
  const timer = setTimeout(timeUp.resolve, time)
  const deadline = performance.now() + time

  async function walk(reader: FolderReader): Promise<void> {
    const seen = new Set<string>()
    const queue = ['']
    for (const path of queue) {
      if (seen.size >= folders || performance.now() > deadline) return
      const listing = await reader.read(path).catch(() => undefined)
      if (listing === undefined || seen.has(listing.identity)) continue
      seen.add(listing.identity)
      const keyOf = (name: string) => (path === '' ? name : `${path}/${name}`)
      const named = (kind: 'file' | 'folder') =>
        listing.entries.filter((entry) => entry.kind === kind).map(({ name }) => keyOf(name))
      const files = named('file').filter((key) => key.isWellFormed())
      const videos = files.filter(isVideo)
      const { example } = survey
      survey = {
        videos: survey.videos + videos.length,
        complete: false,
        example:
          example !== undefined && isVideo(example) ? example : (first(videos) ?? example ?? first(files)),
      }
      queue.push(...named('folder').sort())
    }
    survey = { ...survey, complete: true }
  }

  await Promise.race([walk(folderReader(dir)), timeUp.promise])
  clearTimeout(timer)
  return survey
}

function isVideo(key: string): boolean {
  return mediaType(key).startsWith('video/')
}

function first(names: readonly string[]): string | undefined {
  return names.reduce<string | undefined>(
    (least, name) => (least === undefined || name < least ? name : least),
    undefined,
  )
}
