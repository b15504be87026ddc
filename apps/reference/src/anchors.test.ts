import { expect, it } from 'vitest'
import { anchorsOf, headingsOf } from './anchors.ts'

const anchors = (markdown: string) => headingsOf(markdown).map(({ anchor }) => anchor)

it('gives a heading the anchor that GitHub gives it', () => {
  expect(anchors('# createHandler()\n\n## READER\\_PROOF\n\n### What is answered, and why')).toEqual([
    'createhandler',
    'reader_proof',
    'what-is-answered-and-why',
  ])
})

it('numbers headings that differ in case only', () => {
  expect(anchors('## folderReader()\n\n## FolderReader\n\n## folderReader')).toEqual([
    'folderreader',
    'folderreader-1',
    'folderreader-2',
  ])
})

it('takes no comment in a code block for a heading', () => {
  expect(anchors('# A\n\n```sh\n# not a heading\n```\n\n## B')).toEqual(['a', 'b'])
})

it('finds what has an id as well', () => {
  expect(anchorsOf('# A\n\n| <a id="property-port"></a> `port` |')).toEqual(new Set(['a', 'property-port']))
})
