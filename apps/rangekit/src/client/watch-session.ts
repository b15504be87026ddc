import { visit } from './watch-next.ts'

/** Where the system's own controls lead: media keys, a phone's lock screen, headphones. */
export interface Session {
  readonly title: string
  readonly artwork: string | undefined
  readonly next: HTMLAnchorElement | null
  readonly previous: HTMLAnchorElement | null
}

/** Tells the system what plays, and takes its keys for the next and the previous file. */
export function startSession(media: HTMLMediaElement, { title, artwork, next, previous }: Session): void {
  const session = navigator.mediaSession
  if (session === undefined) return
  const describe = () => {
    session.metadata = new MediaMetadata({ title, artwork: artwork === undefined ? [] : [{ src: artwork }] })
  }
  media.addEventListener('play', describe)
  if (next !== null) session.setActionHandler('nexttrack', () => visit(next))
  if (previous !== null) session.setActionHandler('previoustrack', () => visit(previous))
}
