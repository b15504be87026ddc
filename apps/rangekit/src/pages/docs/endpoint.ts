import { STATUS_CODES } from 'node:http'
import { html } from 'hono/html'
import {
  bodiesOf,
  choicesOf,
  type Endpoint,
  exampleOf,
  type Row,
  typeOf,
} from '../../openapi/read-document.ts'
import type { Answer, CodeSample, Content, Field, Parameter, Schema } from '../../openapi/types.ts'
import { type Html, renderIcon } from '../layout.ts'
import { renderCodeSpan, renderLine, renderText } from './rich-text.ts'

/** Puts the address of this server and a file that it has into an example. */
export type Localize = (source: string) => string

/** One endpoint: what it does at the left, programs and an example of its response at the right. */
export function renderEndpoint(endpoint: Endpoint, localize: Localize): Html {
  const { operation, path, method, hasHead } = endpoint
  const { operationId: id, parameters, responses, summary, description } = operation
  const samples = operation['x-codeSamples'] ?? []
  const [example] = Object.entries(responses).flatMap(([status, { content = {} }]) =>
    status < '300' ? examplesOf(status, content) : [],
  )
  return html`<article class="endpoint" id="${id}" aria-labelledby="${id}-title">
  <header>
    <h3 id="${id}-title">${summary}</h3>
    <p class="route"><span class="method">${method}</span>${hasHead ? html` <span class="method">HEAD</span>` : ''} <code>${renderPath(path)}</code></p>
  </header>
  <div class="prose what">${renderText(description)}</div>
  ${samples.length > 0 || example ? html`<div class="programs">${samples.length > 0 ? renderSamples(id, samples, localize) : ''}${example}</div>` : ''}
  <div class="prose details">
    ${renderParameters('Path', parameters, 'path')}
    ${renderParameters('Query', parameters, 'query')}
    ${renderParameters('Request fields', parameters, 'header')}
    <h4>Responses</h4>
    <div class="answers">${Object.entries(responses).map(([status, answer]) => renderAnswer(status, answer))}</div>
  </div>
</article>`
}

/** The bodies of a response that have an example. */
function examplesOf(status: string, content: Readonly<Record<string, Content>>): Html[] {
  return Object.entries(content)
    .filter(([, { example }]) => example !== undefined)
    .map(([type, { example }]) => renderBlock(`${status} · ${type}`, exampleOf(example)))
}

/** The path with its parameters marked; it may break behind each slash. */
export function renderPath(path: string): Html {
  const parts = path.split(/(?<=\/)|(?=\{)/)
  return html`${parts.map((part) => html`${part.startsWith('{') ? html`<var>${part}</var>` : part}<wbr>`)}`
}

function renderParameters(title: string, all: readonly Parameter[], place: Parameter['in']): Html | '' {
  const found = all.filter((parameter) => parameter.in === place)
  if (found.length === 0) return ''
  return html`<h4>${title}</h4>
    <dl>${found.map((parameter) => renderValue(parameter.name, parameter.schema, parameter))}</dl>`
}

interface Described {
  readonly description: string
  readonly required?: boolean
  readonly example?: string | number
}

function renderValue(name: string, schema: Schema, { description, required, example }: Described): Html {
  const choices = choicesOf(schema)
  const byDefault =
    schema.default === undefined || schema.default === ''
      ? ''
      : html` <span class="muted">Default: <code>${schema.default}</code></span>`
  return html`<div><dt><code>${name}</code> <span class="type">${typeOf(schema)}</span>${required ? html` <span class="type needed">required</span>` : ''}</dt>
      <dd>${renderLine(description)}${choices.length > 1 ? html` <span class="choices">${choices.map((choice) => html`${renderCodeSpan(choice)} `)}</span>` : ''}${byDefault}${example === undefined ? '' : html` <span class="example">Example: <code>${example}</code></span>`}</dd></div>`
}

function renderAnswer(status: string, answer: Answer): Html {
  const fields = Object.entries(answer.headers ?? {})
  const bodies = bodiesOf(answer)
  const types = Object.keys(answer.content ?? {})
  const detail = Object.entries(answer.content ?? {}).find(([, { example }]) => example !== undefined)
  const head = html`<span class="chip ${toneOf(status)}">${status}</span> <span class="reason"><strong>${STATUS_CODES[status]}</strong> ${renderLine(answer.description)}</span>`
  if (fields.length === 0 && types.length === 0) return html`<div class="answer plain">${head}</div>`
  return html`<details class="answer"><summary>${head}${renderIcon('down')}</summary>
      ${fields.length > 0 ? html`<h5>Fields</h5><dl>${fields.map(([name, field]) => renderField(name, field))}</dl>` : ''}
      ${types.length > 0 ? html`<h5>Body</h5><p>${types.map((type) => html`<code>${type}</code> `)}</p>` : ''}
      ${bodies.map(({ name, rows }) => html`${bodies.length > 1 ? html`<p><strong>${name}</strong></p>` : ''}<dl>${rows.map(renderRow)}</dl>`)}
      ${detail && status !== '200' ? html`<pre tabindex="0"><code>${exampleOf(detail[1].example)}</code></pre>` : ''}
    </details>`
}

function renderField(name: string, { schema, ...field }: Field): Html {
  return renderValue(name, schema, { ...field, required: false })
}

function renderRow({ name, type, isRequired, description }: Row): Html {
  return html`<div><dt><code>${name}</code> <span class="type">${type}</span>${isRequired ? '' : html` <span class="type">optional</span>`}</dt><dd>${renderLine(description)}</dd></div>`
}

function toneOf(status: string): string {
  if (status < '300') return 'ok'
  return status < '400' ? 'warn' : 'bad'
}

/** Programs, one of which is shown. Works without scripts: radio buttons choose it. */
function renderSamples(id: string, samples: readonly CodeSample[], localize: Localize): Html {
  return html`<fieldset class="samples panel">
      <legend class="visually-hidden">Example</legend>
      <div class="tabs">${samples.map(
        ({ label }, index) =>
          html`<label><input type="radio" name="${id}" value="${label}"${index === 0 ? html` checked` : ''}><span>${label}</span></label>`,
      )}</div>
      ${samples.map(({ label, source }) => html`<div class="sample" data-label="${label}">${renderCode(localize(source))}</div>`)}
    </fieldset>`
}

function renderBlock(title: string, text: string): Html {
  return html`<div class="panel"><p class="caption muted">${title}</p>${renderCode(text)}</div>`
}

/** Code that can be scrolled, and copied where a script can do that. */
function renderCode(text: string): Html {
  return html`<button class="icon-button copy" type="button" title="Copy" aria-label="Copy" hidden>${renderIcon('copy')}</button><pre tabindex="0"><code>${text}</code></pre>`
}
