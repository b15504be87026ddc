import { type CodeSample, SAMPLE_FILE, SAMPLE_SERVER } from './types.ts'

/** Programs by the kind of client. */
interface Sources {
  readonly curl?: string
  readonly javascript?: string
  readonly python?: string
  readonly video?: string
}

const KINDS = [
  ['curl', 'Shell', 'curl'],
  ['javascript', 'JavaScript', 'JavaScript'],
  ['python', 'Python', 'Python'],
  ['video', 'HTML', '<video>'],
] as const

/** Programs for an operation. */
export function samples(sources: Sources): readonly CodeSample[] {
  return KINDS.flatMap(([kind, lang, label]) => {
    const source = sources[kind]
    return source === undefined ? [] : [{ lang, label, source: source.trim() }]
  })
}

/** Programs that get JSON or text and print what `show` is. */
export function getSamples(path: string, show: { readonly javascript: string; readonly python: string }) {
  const url = `${SAMPLE_SERVER}${path}`
  return samples({
    curl: `curl '${url}'`,
    javascript: `
const response = await fetch('${url}')
const found = await response.json()
console.log(${show.javascript})`,
    python: `
import json
from urllib.request import urlopen

with urlopen('${url}') as response:
    found = json.load(response)
print(${show.python})`,
  })
}

/** The address of the file in programs, below a path such as `/api/stream/`. */
export const sampleUrl = (path: string) => `${SAMPLE_SERVER}${path}${SAMPLE_FILE}`
