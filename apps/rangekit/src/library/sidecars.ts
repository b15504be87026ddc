/**
 * Sidecars: files that belong to another file of the same folder. A list of videos shows the video alone.
 *
 * | sidecar | belongs to |
 * |---|---|
 * | `NAME.vtt`, `NAME.srt`, `NAME.en.vtt`, `NAME.en.forced.srt` | a video or audio file `NAME.*` |
 * | `NAME.jpg` (`.jpeg`, `.png`, `.webp`) | a video or audio file `NAME.*` |
 * | `cover.jpg`, `folder.jpg` (same extensions) | all audio files of the folder |
 * | `NAME.mp4.sha256` | the file `NAME.mp4` |
 */
import type { EntryKind } from './protocol.ts'
import { stemOf } from './title.ts'

/** The end of the name of subtitles. */
export const SUBTITLES = /\.(?:vtt|srt)$/i
const PICTURE = /\.(?:jpe?g|png|webp)$/i
const FOLDER_PICTURE = /^(?:cover|folder)\.(?:jpe?g|png|webp)$/i
const DIGEST = /\.sha256$/i
/** A language or a note in the name of subtitles, such as `.en-US` or `.forced`. */
const TAG = /\.[\w-]{2,16}$/

interface File {
  readonly name: string
  readonly kind: EntryKind
}

/** The files of one folder, and which of them belong to others. */
export class Sidecars {
  readonly #names = new Set<string>()
  readonly #mediaStems = new Set<string>()
  readonly #pictures = new Map<string, string>()
  readonly #folderPicture: string | undefined
  #hasAudio = false

  /** @param files of one folder. */
  constructor(files: readonly File[]) {
    for (const { name, kind } of files) {
      this.#names.add(name)
      if (kind === 'audio') this.#hasAudio = true
      if (kind === 'audio' || kind === 'video') this.#mediaStems.add(stemOf(name))
      if (PICTURE.test(name)) this.#pictures.set(stemOf(name), name)
    }
    this.#folderPicture = [...this.#pictures.values()].filter((name) => FOLDER_PICTURE.test(name)).sort()[0]
  }

  /** Whether a file belongs to another one. */
  has(name: string): boolean {
    if (DIGEST.test(name)) return this.#names.has(name.replace(DIGEST, ''))
    if (PICTURE.test(name))
      return this.#mediaStems.has(stemOf(name)) || (this.#hasAudio && FOLDER_PICTURE.test(name))
    if (!SUBTITLES.test(name)) return false
    const stem = name.replace(SUBTITLES, '')
    const withoutTag = stem.replace(TAG, '')
    return [stem, withoutTag, withoutTag.replace(TAG, '')].some((text) => this.#mediaStems.has(text))
  }

  /** The name of the picture of a video or audio file, if it has one. */
  pictureOf({ name, kind }: File): string | undefined {
    if (kind !== 'audio' && kind !== 'video') return undefined
    return this.#pictures.get(stemOf(name)) ?? (kind === 'audio' ? this.#folderPicture : undefined)
  }
}
