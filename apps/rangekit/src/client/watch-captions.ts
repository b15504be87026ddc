import { recall, remember } from './memory.ts'

/** The subtitles of a film. */
export interface Captions {
  /** Turns them on or off, and says which. */
  toggle(): string
}

const NAME = 'rangekit:subtitles'

/** What the reader chose last, in any film. */
interface Choice {
  readonly on: boolean
  readonly language: string
}

/**
 * Turns subtitles on if they were on in the last film, and remembers each change, whichever control made it. The first
 * choice is the language that was on last, then what the browser prefers, then the first there is.
 */
export function startCaptions(media: HTMLMediaElement): Captions {
  const tracks = [...media.querySelectorAll('track')].map(({ track }) => track)
  const choice = readChoice()
  const preferred = preferredTrack(tracks, choice.language)
  if (choice.on && preferred !== undefined) preferred.mode = 'showing'

  const save = () => {
    const shown = tracks.find(({ mode }) => mode === 'showing')
    if (shown !== undefined) remember(NAME, { on: true, language: shown.language })
    else remember(NAME, { on: false, language: readChoice().language })
  }
  media.textTracks.addEventListener('change', save)

  return {
    toggle() {
      const shown = tracks.find(({ mode }) => mode === 'showing')
      if (shown !== undefined) {
        for (const track of tracks) track.mode = 'disabled'
        // The event comes later, and not at all if the page is left at once.
        save()
        return 'Subtitles off'
      }
      const wanted = preferredTrack(tracks, readChoice().language)
      if (wanted === undefined) return 'No subtitles'
      wanted.mode = 'showing'
      save()
      return `Subtitles: ${wanted.label}`
    },
  }
}

/** The first track in the first language that one of them has, exactly or in another region. */
function preferredTrack(tracks: readonly TextTrack[], last: string): TextTrack | undefined {
  const primary = (tag: string) => tag.toLowerCase().split('-')[0]
  for (const wanted of [last, ...navigator.languages].filter(Boolean)) {
    const found =
      tracks.find(({ language }) => language.toLowerCase() === wanted.toLowerCase()) ??
      tracks.find(({ language }) => primary(language) === primary(wanted))
    if (found !== undefined) return found
  }
  return tracks[0]
}

function readChoice(): Choice {
  const saved = recall(NAME)
  const { on, language } = (typeof saved === 'object' ? saved : {}) as Partial<Record<string, unknown>>
  return { on: on === true, language: typeof language === 'string' ? language : '' }
}
