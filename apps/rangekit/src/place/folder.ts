import { homedir } from 'node:os'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { fileSource, folderReader } from '@rangekit/node-fs-source'
import { folderProblem } from '../command/problem.ts'
import { partialDownloads } from './partial-downloads.ts'
import type { Place, Problem, Survey } from './place.ts'
import type { PlaceFlags } from './place-flags.ts'
import { surveyFolder } from './survey-folder.ts'

/** A folder of this machine as a place. */
export function openFolder(
  dir: string,
  {
    digests,
    growing = true,
    growTimeout,
    workers = 1,
  }: Pick<PlaceFlags, 'digests' | 'growing' | 'growTimeout' | 'workers'>,
): Place | Problem {
  const problem = folderProblem(dir)
  if (problem !== undefined) return { problem }
  const timeout = growTimeout === undefined ? undefined : growTimeout * 1000
  const whatGrows = growing && { of: partialDownloads(dir), timeout, keepTag: workers === 1 }
  const source = fileSource(dir, { digests, growing: whatGrows })
  return {
    name: dir,
    scope: dir,
    source,
    openFiles: () => source.openFiles,
    reader: folderReader(dir, { growing: whatGrows }),
    isRemote: false,
    survey: () => survey(dir),
  }
}

async function survey(dir: string): Promise<Survey> {
  const name = folderName(dir)
  const { videos, complete, example } = await surveyFolder(dir)
  const holds = describeCount(videos, complete)
  return { name, holds, example, hint: 'put a video into the folder, and open the page' }
}

/** How many videos were counted, in words. */
export function describeCount(videos: number, complete: boolean): string {
  const noun = videos === 1 ? 'video' : 'videos'
  if (videos === 0) return complete ? 'no videos' : 'too large to count the videos'
  return `${complete ? '' : 'at least '}${videos.toLocaleString('en')} ${noun}`
}

/** A folder as people write it: from the current one, from their home, or from the root. */
export function folderName(dir: string): string {
  const path = resolve(dir)
  const below = (folder: string) => {
    const rest = relative(folder, path)
    return rest === '' || rest.split(sep)[0] === '..' || isAbsolute(rest) ? undefined : rest
  }
  const fromHome = below(homedir())
  return below('.') ?? (fromHome === undefined ? path : `~${sep}${fromHome}`)
}
