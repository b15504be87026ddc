import type { Outcome, ReaderResults, ReadersResults } from '../readers/results.ts'

const WORDS: Readonly<Record<Outcome, string>> = {
  right: 'right',
  error: 'error',
  whole: 'whole file',
  waits: 'waits',
  mixed: '**mixed**',
  wrong: '**wrong**',
}

/** What came of each fault, by reader. */
export function renderReaders({ readers, faults }: ReadersResults): string {
  return table(readers, faults)
}

/** The same by command that resumes a download. */
export function renderDownloads({ downloads, faults }: ReadersResults): string {
  return table(downloads, faults)
}

/** What was called of each. */
export function renderUsed({ readers, downloads }: ReadersResults): string {
  const rows = [...readers, ...downloads].map((reader) => {
    return `| ${reader.title} | ${reader.version} | \`${reader.interface}\` |\n`
  })
  return `| | version | what was called |\n| --- | --- | --- |\n${rows.join('')}`
}

function table(readers: readonly ReaderResults[], faults: ReadersResults['faults']): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  const cell = (outcome: Outcome | null | undefined) => (outcome ? WORDS[outcome] : '–')
  // A fault that none of them could meet says nothing.
  const met = faults.filter(({ name }) => readers.some(({ outcomes }) => outcomes[name]))
  return [
    row(['fault', ...readers.map(({ title }) => title)]),
    row(['---', ...readers.map(() => '---')]),
    ...met.map(({ name }) => row([`\`${name}\``, ...readers.map(({ outcomes }) => cell(outcomes[name]))])),
  ].join('')
}
