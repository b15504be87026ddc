import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import type { Access } from '../../access/access.ts'
import type { Library } from '../../library/library.ts'
import { encodePath } from '../../library/paths.ts'
import { API } from '../../openapi/document.ts'
import { type Chapter, readChapters } from '../../openapi/read-document.ts'
import { SAMPLE_FILE, SAMPLE_SERVER } from '../../openapi/types.ts'
import { type Html, renderPage } from '../layout.ts'
import { renderEndpoint, renderPath } from './endpoint.ts'
import { renderText } from './rich-text.ts'

export interface DocsOptions {
  readonly access: Access
  readonly library: Library
  /** The key of the only file there is. Default: there are several. */
  readonly film?: string | undefined
}

/** What an address may consist of to be part of a command line. */
const PLAIN_ORIGIN = /^https?:\/\/[\w.\-:[\]]+$/

const CHAPTERS = readChapters()

/**
 * `GET /docs`, the reference of the HTTP API as a page. Its examples have the address that it was requested at, and a file
 * of the library, unless links are signed: then it is open, and names no file.
 */
export function docsRoutes({ access, library, film }: DocsOptions): Hono {
  return new Hono().get('/docs', async (context) => {
    const { origin } = new URL(context.req.url)
    const server = PLAIN_ORIGIN.test(origin) ? origin : SAMPLE_SERVER
    const file = access.isSigned ? undefined : (film ?? (await firstFile(library)))
    const name = file === undefined ? SAMPLE_FILE : encodePath(file).replaceAll("'", '%27')
    const localize = (source: string) =>
      source.replaceAll(SAMPLE_SERVER, server).replaceAll(SAMPLE_FILE, () => name)
    return renderDocs(context, access.isSigned ? null : './', server, localize)
  })
}

/** A file of the root folder, a film if there is one. */
async function firstFile(library: Library): Promise<string | undefined> {
  const folder = await library.folder('').catch(() => undefined)
  const files = folder
    ?.sorted('title')
    .filter(({ kind, growing }) => kind !== 'folder' && growing === undefined)
  return (files?.find(({ kind }) => kind === 'video') ?? files?.[0])?.key
}

function renderDocs(
  context: Context,
  home: string | null,
  server: string,
  localize: (source: string) => string,
) {
  return renderPage(context, {
    title: 'HTTP API · Rangekit',
    styles: ['docs.css'],
    scripts: ['docs.js'],
    data: { server },
    home,
    body: html`<div class="docs">
  <nav class="contents" aria-label="Endpoints">${renderContents()}</nav>
  <div class="reference">
    <div class="intro prose">
      <h1>HTTP API <span class="chip">${API.info.version}</span></h1>
      ${renderText(API.info.description)}
      <p><a class="button" href="openapi.json">openapi.json</a></p>
      <details class="contents-small panel"><summary>Endpoints</summary><nav aria-label="Endpoints">${renderContents()}</nav></details>
    </div>
    ${CHAPTERS.map(
      (chapter) => html`<section id="${chapter.name}" aria-labelledby="${chapter.name}-title">
      <h2 id="${chapter.name}-title">${chapter.name}</h2>
      <p class="muted">${chapter.description}</p>
      ${chapter.endpoints.map((endpoint) => renderEndpoint(endpoint, localize))}
    </section>`,
    )}
  </div>
</div>
<p class="visually-hidden" id="status" role="status"></p>`,
  })
}

function renderContents(): Html {
  return html`<ul>${CHAPTERS.map(
    ({ name, endpoints }: Chapter) => html`<li><a class="chapter" href="docs#${name}">${name}</a>
    <ul>${endpoints.map(
      ({ path, method, operation }) =>
        html`<li><a href="docs#${operation.operationId}" title="${operation.summary}"><span class="method">${method}</span><span class="path">${renderPath(path)}</span></a></li>`,
    )}</ul></li>`,
  )}</ul>`
}
