/** The little of Markdown that descriptions use: paragraphs, lists, `code` and **strong**. */

/** A piece of a line. */
export interface Span {
  readonly kind: 'text' | 'code' | 'strong'
  readonly text: string
}

export interface Block {
  readonly kind: 'paragraph' | 'list'
  /** A paragraph has one line. */
  readonly lines: readonly (readonly Span[])[]
}

const MARKED = /`([^`]+)`|\*\*([^*]+)\*\*/g

/** The blocks of a description. */
export function readBlocks(text: string): Block[] {
  return text.split(/\n{2,}/).map((block) => {
    const items = block.split('\n').filter((line) => line.startsWith('- '))
    return items.length > 0
      ? { kind: 'list', lines: items.map((line) => readSpans(line.slice(2))) }
      : { kind: 'paragraph', lines: [readSpans(block)] }
  })
}

/** The spans of one line. */
export function readSpans(line: string): Span[] {
  const spans: Span[] = []
  let end = 0
  for (const { 0: whole, 1: code, 2: strong, index } of line.matchAll(MARKED)) {
    spans.push({ kind: 'text', text: line.slice(end, index) })
    spans.push(code === undefined ? { kind: 'strong', text: strong ?? '' } : { kind: 'code', text: code })
    end = index + whole.length
  }
  return [...spans, { kind: 'text', text: line.slice(end) }].filter(({ text }) => text !== '') as Span[]
}
