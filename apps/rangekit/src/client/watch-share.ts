import { saveFile } from './save-file.ts'

const PLAYLIST = 'audio/x-mpegurl'

type Say = (text: string, seconds?: number) => void

/**
 * The buttons that take the file elsewhere. Links on the page are relative, so that they hold behind a proxy; what
 * leaves the page has to be absolute.
 */
export function startShare(say: Say): void {
  const onClick = (id: string, act: (element: HTMLElement) => void | Promise<void>) => {
    const element = document.getElementById(id)
    element?.addEventListener('click', (event) => {
      event.preventDefault()
      void act(element)
    })
  }
  onClick('copy', (button) => copy(absolute(button.dataset['link'] ?? ''), say))
  onClick('vlc', (button) =>
    openInVlc(absolute(button.dataset['link'] ?? ''), button.dataset['title'] ?? '', say),
  )
  onClick('playlist', (link) => savePlaylist(link as HTMLAnchorElement, say))
}

/** Without a secure context there is no clipboard: the reader copies from a field. */
async function copy(link: string, say: Say): Promise<void> {
  try {
    await navigator.clipboard.writeText(link)
    say('Link copied')
  } catch {
    const field = document.querySelector<HTMLInputElement>('#link')
    if (field === null) return
    field.value = link
    if (field.parentElement !== null) field.parentElement.hidden = false
    field.focus()
    field.select()
  }
}

/**
 * VLC for iPhone takes addresses by its own scheme, VLC for Android by an intent. On Windows, macOS and Linux VLC
 * registers no scheme, and browsers garble an address within one (`vlc://http//`), but VLC opens playlists: it gets one
 * with this file alone.
 */
function openInVlc(link: string, title: string, say: Say): void {
  const { protocol, host, pathname, search } = new URL(link)
  if (isApplePhone()) {
    location.href = `vlc-x-callback://x-callback-url/stream?url=${encodeURIComponent(link)}`
  } else if (/\bAndroid\b/.test(navigator.userAgent)) {
    const scheme = protocol.slice(0, -1)
    location.href = `intent://${host}${pathname}${search}#Intent;scheme=${scheme};type=video/*;package=org.videolan.vlc;end`
  } else {
    saveFile(`${title}.m3u8`, `#EXTM3U\n#EXTINF:-1,${title}\n${link}\n`, PLAYLIST)
    say('Open the saved playlist with VLC', 4)
  }
}

/** An iPad says that it is a Mac, but no Mac has a touch screen. */
function isApplePhone(): boolean {
  const { userAgent, maxTouchPoints } = navigator
  return /\b(?:iPhone|iPad|iPod)\b/.test(userAgent) || (/\bMacintosh\b/.test(userAgent) && maxTouchPoints > 1)
}

/** A playlist in a file has no address that its links could be relative to. */
async function savePlaylist({ href, dataset }: HTMLAnchorElement, say: Say): Promise<void> {
  try {
    const response = await fetch(href)
    if (!response.ok) throw new Error(`Status ${response.status}`)
    const lines = (await response.text()).split('\n')
    const resolved = lines.map((line) =>
      line === '' || line.startsWith('#') ? line : new URL(line, href).href,
    )
    saveFile(dataset['name'] ?? 'playlist.m3u8', resolved.join('\n'), PLAYLIST)
    say('Playlist saved')
  } catch {
    say('The playlist could not be loaded', 4)
  }
}

function absolute(link: string): string {
  return new URL(link, document.baseURI).href
}
