/** What the page says where it has no entries to show. */
import { LoadError } from './library-pages.ts'

export type Notice =
  | { readonly kind: 'empty' | 'no-match' }
  | { readonly kind: 'fault'; readonly error: unknown }

interface Words {
  readonly icon: string
  readonly title: string
  readonly text: string
  readonly retry?: boolean
}

/** @param notice `undefined` if there are entries. */
export function showNotice(notice: Notice | undefined): void {
  const box = document.querySelector<HTMLElement>('#notice')
  if (box === null) return
  box.hidden = notice === undefined
  if (notice === undefined) return
  // Where entries are in view, it lies above them.
  box.classList.toggle('floating', document.querySelector('#cards li') !== null)
  const { icon, title, text, retry = false } = wordsOf(notice)
  box.querySelector('use')?.setAttribute('href', `assets/icons.svg#${icon}`)
  const [heading, paragraph, button] = box.querySelectorAll<HTMLElement>('h2, p, button')
  if (heading) heading.textContent = title
  if (paragraph) paragraph.textContent = text
  if (button) button.hidden = !retry
}

function wordsOf(notice: Notice): Words {
  switch (notice.kind) {
    case 'empty':
      return {
        icon: 'folder',
        title: 'This folder is empty',
        text: 'Files that are put into it appear here.',
      }
    case 'no-match':
      return { icon: 'search', title: 'Nothing matches', text: 'Try a shorter or another word.' }
    case 'fault':
      return faultWords(notice.error)
  }
}

function faultWords(error: unknown): Words {
  const status = error instanceof LoadError ? error.status : undefined
  if (status === 403) {
    return { icon: 'lock', title: 'This link has expired', text: 'Ask the person who sent it for a new one.' }
  }
  if (status === 404) {
    return {
      icon: 'folder',
      title: 'This folder is gone',
      text: 'It was moved, renamed or deleted.',
      retry: true,
    }
  }
  const text =
    status === undefined
      ? 'The server could not be reached. Is it still running?'
      : 'The server could not list this folder.'
  return { icon: 'info', title: 'The list could not be loaded', text, retry: true }
}
