import { visit } from './watch-next.ts'

/** What the controls of the system show and do: media keys, a phone's lock screen, headphones. */
export interface Session {
  readonly title: string
  /** The address of a picture, which may be found late. */
  artwork(): string | undefined
  readonly next: HTMLAnchorElement | null
  readonly previous: HTMLAnchorElement | null
}

/** Describes the file to the system, and handles its keys for the next and the previous file. */
export function startSession(media: HTMLMediaElement, { title, artwork, next, previous }: Session): void {
  const session = navigator.mediaSession
  if (session === undefined) return
  const describe = () => {
    const src = artwork()
    session.metadata = new MediaMetadata({ title, artwork: src === undefined ? [] : [{ src }] })
  }
  media.addEventListener('play', describe)
  if (next !== null) session.setActionHandler('nexttrack', () => visit(next))
  if (previous !== null) session.setActionHandler('previoustrack', () => visit(previous))
}
