import { relative } from 'node:path'
import { shared, sharedFolder } from '@rangekit/test-kit/fixtures'
import { describe, expect, it } from 'vitest'
import { type Export, readExports } from '../src/exports.ts'
import { type PublishedPackage, ROOT } from '../src/packages.ts'
import { finishPage, renderPages } from '../src/pages.ts'
import { readProject } from '../src/read-project.ts'
import { renderApi } from '../src/readme.ts'

const MAIN = `
/** Reads a film. A film is long. */
export function film({ title }: FilmOptions): Film { return { kind: 'short', title: String(title) } }
/** Options of {@link film}. */
export interface FilmOptions {
  /** Its title. Default: none. */
  readonly title?: string
}
/** What was read. */
export type Film =
  /** Up to a minute. */
  | { readonly kind: 'short'; readonly title: string }
  /** Longer. */
  | { readonly kind: 'long'; readonly minutes: number }
/** There is no such film. */
export class FilmError extends Error {
  override readonly name = 'FilmError'
}
export function silent(): void {}
`

const folder = sharedFolder(({ put }) => {
  put('films/package.json', JSON.stringify({ name: 'films', type: 'module' }))
  put('films/main.ts', MAIN)
  put(
    'films/again.ts',
    "/**\n * The same again.\n *\n * @module\n */\nexport { film, type Film } from './main.ts'\n",
  )
})

const rendered = shared(
  async () => {
    const source = (name: string) => relative(ROOT, folder.at(`films/${name}`))
    const films: PublishedPackage = {
      name: 'films',
      folder: 'packages/films',
      description: 'Films',
      entries: [
        { name: 'films', source: source('main.ts') },
        { name: 'films/again', source: source('again.ts') },
      ],
    }
    const { app, project, faults } = await readProject([films])
    const exports: ReadonlyMap<string, readonly Export[]> = readExports(project)
    const pages = await renderPages(app, project, [films])
    const page = (entry: string) => finishPage(entry, pages, exports.get(entry) ?? [])
    return { faults, main: page('films'), again: page('films/again'), api: renderApi(films, pages, exports) }
  },
  () => {},
  60_000,
)

describe('a page of the reference', () => {
  it('begins with what the package is and a list of what it exports', () => {
    expect(rendered.main).toMatch(
      /^# films\n\nFilms\.\n\n- Functions: \[`film`\]\(#film\), \[`silent`\]\(#silent\)\n/,
    )
  })

  it('shows a union of objects as it is written, with what is said of each', () => {
    expect(rendered.main).toContain(
      "\n  /** Up to a minute. */\n  | { readonly kind: 'short'; readonly title: string }\n  /** Longer. */\n  | {",
    )
  })

  it('calls a parameter that is destructured the options', () => {
    expect(rendered.main).toContain('function film(options: FilmOptions): Film;')
  })

  it('has neither the constructors nor the members that a class inherits', () => {
    expect(rendered.main).not.toMatch(/Constructor|stackTraceLimit|captureStackTrace/)
  })

  it('tells names that differ in case only apart, as GitHub does', () => {
    expect(rendered.main).toContain('[`Film`](#film-1)')
  })

  it('links to where something is described that an entry passes on', () => {
    expect(rendered.again).toBe(
      '# films/again\n\nThe same again.\n\n- Functions: [`film`](../films.md#film)\n- Types: [`Film`](../films.md#film-1)\n',
    )
  })

  it('holds no path of this machine', () => {
    expect(rendered.main + rendered.again).not.toContain(folder.path)
  })
})

it('has the first sentence of each docstring in the table of a README', () => {
  expect(rendered.api.split('\n')).toEqual(
    expect.arrayContaining([
      '| [`film`](../../docs/api/films.md#film) | Reads a film. |',
      '| [`FilmOptions`](../../docs/api/films.md#filmoptions) | Options of `film`. |',
      '| [`Film`](../../docs/api/films.md#film-1) | What was read. |',
    ]),
  )
})

it('finds what is exported without a docstring, and asks for none where the type says all', () => {
  expect(rendered.faults).toEqual([
    expect.stringMatching(/^films\.silent\b.* does not have any documentation$/),
  ])
})
