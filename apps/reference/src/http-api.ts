// docs/http-api.md, the reference of the HTTP API for readers of the repository. The page /docs of the server is made of
// the same document.
import { STATUS_CODES } from 'node:http'
import { API } from 'rangekit/src/openapi/document.ts'
import {
  bodiesOf,
  type Chapter,
  choicesOf,
  type Endpoint,
  exampleOf,
  readChapters,
  typeOf,
} from 'rangekit/src/openapi/read-document.ts'
import type { Answer, CodeSample, Content, Parameter } from 'rangekit/src/openapi/types.ts'

const INTRO = `# HTTP API

<!-- Written by npm run docs:api, from apps/rangekit/src/openapi. -->

A running server shows this page with its own address and files at \`/docs\`, and has it as [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.1.html) at \`/openapi.json\`. The tests send a request for each answer below, and run each example.`

const SEE = 'See also: [pages and signed links](pages.md), [files that are still being written](growing.md).'

const LANGUAGES: Readonly<Record<CodeSample['lang'], string>> = {
  Shell: 'sh',
  JavaScript: 'js',
  Python: 'python',
  HTML: 'html',
}

/** The whole page. */
export function renderHttpApi(): string {
  const chapters = readChapters()
  return `${[INTRO, API.info.description, SEE, ...chapters.map(renderContents), ...chapters.map(renderChapter)].join('\n\n')}\n`
}

function renderContents({ name, endpoints }: Chapter): string {
  const rows = endpoints.map(({ method, path, operation }) => {
    return `| [\`${method} ${path}\`](#${anchorOf(operation.summary)}) | ${cell(operation.summary)} |`
  })
  return [`| ${name} | |`, '|---|---|', ...rows].join('\n')
}

/** The fragment of a heading, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
}

function renderChapter({ name, description, endpoints }: Chapter): string {
  return [`## ${name}`, description, ...endpoints.map(renderEndpoint)].join('\n\n')
}

function renderEndpoint({ method, hasHead, path, operation }: Endpoint): string {
  const { summary, description, parameters, responses, 'x-codeSamples': samples = [] } = operation
  const answers = Object.entries(responses)
  return [
    `### ${summary}`,
    `\`${method} ${path}\`${hasHead ? ', and HEAD' : ''}`,
    description,
    ...samples.map(({ lang, source }) => fence(LANGUAGES[lang], source)),
    ...renderParameters(parameters),
    ['| status | |', '|---|---|', ...answers.map(renderAnswer)].join('\n'),
    ...renderFields(answers),
    ...answers.flatMap(([status, answer]) => renderBodies(status, answer)),
  ].join('\n\n')
}

function renderParameters(parameters: readonly Parameter[]): string[] {
  if (parameters.length === 0) return []
  const rows = parameters.map(({ name, in: place, schema, required, description, example }) => {
    const choices = choicesOf(schema)
    const { default: byDefault } = schema
    const notes = [
      description,
      choices.length > 1 && `One of ${choices.map(code).join(', ')}.`,
      byDefault !== undefined && byDefault !== '' && `Default: ${code(byDefault)}.`,
      example !== undefined && `Example: ${code(example)}.`,
    ]
    return `| ${code(name)} | ${place === 'header' ? 'field' : place}${required ? ', required' : ''} | ${typeOf(schema)} | ${cell(notes.filter(Boolean).join(' '))} |`
  })
  return [['| parameter | in | type | |', '|---|---|---|---|', ...rows].join('\n')]
}

function renderAnswer([status, { description, content = {} }]: readonly [string, Answer]): string {
  const types = Object.keys(content).map(code).join(', ')
  return `| ${status} ${STATUS_CODES[status]} | ${cell(description)}${types === '' ? '' : ` Body: ${types}`} |`
}

/** The fields of all answers in one table: most have them in common. */
function renderFields(answers: readonly (readonly [string, Answer])[]): string[] {
  const rows = new Map<string, string[]>()
  for (const [status, { headers = {} }] of answers) {
    for (const [name, { description, example }] of Object.entries(headers)) {
      const row = `${code(name)} | ${cell(description)}${example === undefined ? '' : ` Example: ${code(example)}`}`
      rows.set(row, [...(rows.get(row) ?? []), status])
    }
  }
  if (rows.size === 0) return []
  const lines = [...rows].map(([row, statuses]) => `| ${row} | ${statuses.join(', ')} |`)
  return [['| response field | | status |', '|---|---|---|', ...lines].join('\n')]
}

function renderBodies(status: string, answer: Answer): string[] {
  if (Number(status) >= 300) return []
  const tables = bodiesOf(answer).map(({ name, rows }) => {
    const lines = rows.map(
      ({ name: value, type, isRequired, description }) =>
        `| ${code(value)} | ${type}${isRequired ? '' : ', optional'} | ${cell(description)} |`,
    )
    return [`| ${code(name)} | type | |`, '|---|---|---|', ...lines].join('\n')
  })
  return [...Object.entries(answer.content ?? {}).flatMap(renderExample), ...tables]
}

function renderExample([type, { example }]: readonly [string, Content]): string[] {
  return example === undefined
    ? []
    : [fence(type === 'application/json' ? 'json' : 'text', exampleOf(example))]
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.replaceAll('\r', '').trimEnd()}\n\`\`\``
}

function code(text: string | number): string {
  return `\`${cell(String(text))}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
