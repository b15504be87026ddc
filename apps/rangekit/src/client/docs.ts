/** The page of the HTTP API: copies examples, and shows all of them in the language that was chosen. */

const status = document.getElementById('status')
const CHOSEN = 'rangekit.docs.language'

/** The root of the server, which only the browser knows behind a proxy that has mounted it somewhere. */
const root = new URL('./', document.baseURI).href.replace(/\/$/, '')
const server = document.documentElement.dataset['server'] ?? root
if (root !== server) {
  for (const code of document.querySelectorAll('.sample code')) {
    code.textContent = (code.textContent ?? '').replaceAll(server, root)
  }
}

for (const button of document.querySelectorAll<HTMLButtonElement>('.copy')) {
  // Without a secure context there is no clipboard.
  button.hidden = navigator.clipboard === undefined
  button.addEventListener('click', () => void copy(button))
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const text = button.parentElement?.querySelector('code')?.textContent ?? ''
  await navigator.clipboard.writeText(text)
  button.classList.add('done')
  setTimeout(() => button.classList.remove('done'), 1500)
  if (status !== null) status.textContent = 'Copied'
}

const choices = [...document.querySelectorAll<HTMLInputElement>('.tabs input')]

function choose(label: string): void {
  for (const choice of choices) if (choice.value === label) choice.checked = true
}

for (const choice of choices) {
  choice.addEventListener('change', () => {
    // What is above grows or shrinks; the tabs stay where they are.
    const before = choice.getBoundingClientRect().top
    choose(choice.value)
    scrollBy({ top: choice.getBoundingClientRect().top - before, behavior: 'instant' })
    remember(choice.value)
  })
}

function remember(label: string): void {
  try {
    localStorage.setItem(CHOSEN, label)
  } catch {
    // It is forgotten, as a browser may want it.
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(CHOSEN)
  } catch {
    return null
  }
}

choose(remembered() ?? '')
