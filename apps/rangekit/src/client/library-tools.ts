/** The form above the list. The URL of the page follows it, so that a reload and the way back restore it. */
import { recall, remember } from './memory.ts'

export interface Tools {
  readonly q: string
  readonly sort: string
}

export type View = 'grid' | 'list'

export interface ToolsOptions {
  onQuery(tools: Tools): void
  onView(view: View): void
}

const VIEW = 'rangekit:view'
/** Milliseconds between the last letter and the search. */
const PAUSE = 150

const form = document.querySelector<HTMLFormElement>('#tools')
const search = document.querySelector<HTMLInputElement>('#q')
const sort = document.querySelector<HTMLSelectElement>('#sort')
const views = document.querySelector<HTMLElement>('#views')

/** What the page was loaded for. */
export function readAddress(): Tools {
  const { searchParams } = new URL(location.href)
  return { q: searchParams.get('q')?.trim() ?? '', sort: searchParams.get('sort') || 'title' }
}

/** What the form says now. */
function readForm(): Tools {
  return { q: search?.value.trim() ?? '', sort: sort?.value ?? 'title' }
}

/** Calls `onQuery` when the search or the order has changed, and `onView` with the view that the reader chose before. */
export function listenToTools({ onQuery, onView }: ToolsOptions): void {
  let asked = JSON.stringify(readAddress())
  let timer: ReturnType<typeof setTimeout> | undefined
  const ask = () => {
    clearTimeout(timer)
    const tools = readForm()
    if (JSON.stringify(tools) === asked) return
    asked = JSON.stringify(tools)
    writeAddress({ q: tools.q, sort: tools.sort === 'title' ? '' : tools.sort, cursor: '' })
    onQuery(tools)
  }
  search?.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(ask, PAUSE)
  })
  sort?.addEventListener('change', ask)
  form?.addEventListener('submit', (event) => {
    event.preventDefault()
    ask()
  })
  // The reader may have been faster than this script, and a browser may put back what the form said before.
  setTimeout(ask)
  addEventListener('pageshow', ask)

  const setView = (view: View) => {
    for (const button of views?.querySelectorAll('button') ?? []) {
      button.ariaPressed = String(button.dataset['view'] === view)
    }
    onView(view)
  }
  views?.addEventListener('click', ({ target }) => {
    const view =
      target instanceof Element && target.closest('button')?.dataset['view'] === 'list' ? 'list' : 'grid'
    remember(VIEW, view)
    writeAddress({ view: view === 'grid' ? '' : view })
    setView(view)
  })
  if (views) views.hidden = false
  const kept = keptView()
  if (!new URLSearchParams(location.search).has('view') && kept !== undefined) setView(kept)
}

/** Changes parameters of the page's address; an empty one is left out. */
function writeAddress(parameters: Readonly<Record<string, string>>): void {
  const url = new URL(location.href)
  const { grant } = document.documentElement.dataset
  // A signed link is for one query only; the grant that it is goes with any.
  if (grant !== undefined) {
    for (const name of ['expires', 'signature']) url.searchParams.delete(name)
    url.searchParams.set('grant', grant)
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (value === '') url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  history.replaceState(history.state, '', url)
}

function keptView(): View | undefined {
  const kept = recall(VIEW)
  return kept === 'list' || kept === 'grid' ? kept : undefined
}
