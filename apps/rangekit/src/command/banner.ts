import type { Survey } from './survey-folder.ts'

/** What {@link renderBanner} shows. */
export interface BannerFacts {
  readonly version: string
  /** The folder as people write it. */
  readonly folder: string
  readonly survey: Survey
  /** URLs of the library page, that of this machine first. */
  readonly open: readonly string[]
  /** The URL of a file; `undefined` if there is none. */
  readonly example: string | undefined
  /** The command that shares a folder with other machines; `undefined` where this one does. */
  readonly share: string | undefined
  /** For how long the URLs are valid; `undefined` if they are not signed. */
  readonly validFor: string | undefined
}

/** Renders what a terminal shows once the server is ready, without the last line break. */
export function renderBanner(facts: BannerFacts): string {
  const { version, folder, survey, open, example, share, validFor } = facts
  const attempt =
    example === undefined
      ? 'put a video into the folder, and open the page'
      : `curl -ir 0-1 ${shellWord(example)}`
  const rows: readonly (readonly [label: string, text: string | undefined])[] = [
    ...open.map((url) => ['Open', url] as const),
    ['Valid', validFor && `for ${validFor}; the links are signed`],
    ['Try', attempt],
    ['Share', share],
  ]
  return [
    `Rangekit ${version}   ${visible(folder)}   ${countOf(survey)}`,
    ...rows.flatMap(([label, text]) => (text === undefined ? [] : [`  ${label.padEnd(5)}  ${text}`])),
  ].join('\n')
}

function countOf({ videos, complete }: Survey): string {
  const noun = videos === 1 ? 'video' : 'videos'
  if (videos === 0) return complete ? 'no videos' : 'too large to count the videos'
  return `${complete ? '' : 'at least '}${videos.toLocaleString('en')} ${noun}`
}

/** Control characters could move the cursor or make colours: the replacement character stands for them. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')
}

/** A text as one word of a POSIX shell, in quotes only where it needs them. A leading `~/` keeps its meaning. */
export function shellWord(text: string): string {
  if (/^(?:~\/)?[\w@%+=:,./-]+$/.test(text)) return text
  return `'${text.replaceAll("'", "'\\''")}'`
}
