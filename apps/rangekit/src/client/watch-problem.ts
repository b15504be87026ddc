/** What went wrong with a media element, and what to do about it. */

/** What is known of a fault. */
export interface Fault {
  /** `MediaError.code`. */
  readonly code: number
  /** The server's response for the file now; `undefined` if there is none. */
  readonly status: number | undefined
  /** Whether the file was replaced since the page was made. */
  readonly changed: boolean
  readonly contentType: string
  /** Whether the file has no bytes. */
  readonly isEmpty: boolean
  /** Whether it is still being written. */
  readonly isGrowing: boolean
}

export interface Explanation {
  readonly title: string
  readonly text: string
  /** What helps. */
  readonly ways: readonly ('reload' | 'download' | 'vlc')[]
}

// Codes of `MediaError`.
const NETWORK = 2
const DECODE = 3

export function explain({ code, status, changed, contentType, isEmpty, isGrowing }: Fault): Explanation {
  if (status === undefined) {
    return {
      title: 'The server does not answer',
      text: 'Check that it is running and that this device is connected, then reload.',
      ways: ['reload'],
    }
  }
  if (status === 401 || status === 403) {
    return {
      title: 'This link is no longer valid',
      text: 'Ask the person who sent it for a new one.',
      ways: [],
    }
  }
  if (status === 404 || status === 410) {
    return { title: 'The file is gone', text: 'It was moved, renamed or deleted.', ways: ['reload'] }
  }
  if (status >= 400) {
    return { title: 'The server cannot send the file now', text: 'Try again in a moment.', ways: ['reload'] }
  }
  if (changed) {
    return {
      title: 'The file has changed',
      text: 'It was replaced while this page was open. Reload to play the new version.',
      ways: ['reload'],
    }
  }
  if (isEmpty) {
    return {
      title: 'The file is empty',
      text: 'It has no bytes yet. Its copy or download may still be under way, or may have failed.',
      ways: ['reload'],
    }
  }
  if (isGrowing) {
    return {
      title: 'The rest is not there yet',
      text: 'The file is still being written, and the player cannot go on with what is there so far. Reload to go on where you were.',
      ways: ['reload'],
    }
  }
  if (code === NETWORK) {
    return { title: 'The connection broke', text: 'Reload to go on where you were.', ways: ['reload'] }
  }
  const type = contentType.replace(/;.*/, '')
  return code === DECODE
    ? {
        title: 'This browser cannot decode the file',
        text: 'It is damaged, or uses a codec that this browser does not support. Other players may do better.',
        ways: ['vlc', 'download', 'reload'],
      }
    : {
        title: 'This browser cannot play the file',
        text: `It does not support the format or the codecs of this file (${type}). VLC plays almost everything.`,
        ways: ['vlc', 'download'],
      }
}

/** A film without a picture: most often HEVC, which not every browser supports. */
const NO_PICTURE: Explanation = {
  title: 'There is only sound',
  text: 'The file has no picture, or this browser does not support its codec. VLC plays almost everything.',
  ways: ['vlc', 'download'],
}

/**
 * Shows what went wrong with a media element.
 *
 * @param panel has an `h2`, a `p`, and for each way out an element with `data-way`.
 */
export function watchForProblems(media: HTMLMediaElement, panel: HTMLElement): void {
  const { etag, contentType = '' } = document.documentElement.dataset
  panel.querySelector('[data-way="reload"]')?.addEventListener('click', () => location.reload())
  panel
    .querySelector('[data-way="vlc"]')
    ?.addEventListener('click', () => document.getElementById('vlc')?.click())
  const onError = async () => {
    const code = media.error?.code ?? 0
    const response = await fetch(media.currentSrc || media.src, { method: 'HEAD', cache: 'no-store' }).catch(
      () => undefined,
    )
    const current = response?.headers.get('etag') ?? undefined
    const changed = etag !== undefined && current !== undefined && current !== etag
    const isEmpty = response?.headers.get('content-length') === '0'
    const isGrowing = document.documentElement.hasAttribute('data-growing')
    show(panel, explain({ code, status: response?.status, changed, contentType, isEmpty, isGrowing }))
  }
  const onData = () => {
    if (media instanceof HTMLVideoElement && media.videoWidth === 0) show(panel, NO_PICTURE)
  }
  media.addEventListener('error', onError)
  media.addEventListener('loadeddata', onData)
  // It may have happened before this script ran.
  if (media.error !== null) void onError()
  else if (media.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) onData()
}

function show(panel: HTMLElement, { title, text, ways }: Explanation): void {
  const [heading, paragraph] = [panel.querySelector('h2'), panel.querySelector('p')]
  if (heading !== null) heading.textContent = title
  if (paragraph !== null) paragraph.textContent = text
  for (const element of panel.querySelectorAll<HTMLElement>('[data-way]')) {
    element.hidden = !ways.some((way) => way === element.dataset['way'])
  }
  panel.hidden = false
}
