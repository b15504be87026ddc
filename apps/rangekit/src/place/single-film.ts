import { httpSource } from '@rangekit/http-source'
import type { RangeSource } from '@rangekit/range-core'
import { nameOfUrl } from '../url-parts.ts'
import { originHeaders } from './origin.ts'
import { originProblem, TRY_MS } from './origin-problem.ts'
import type { Place, Problem } from './place.ts'
import type { PlaceAddress } from './place-address.ts'
import type { PlaceFlags } from './place-flags.ts'

/** One file of a web server as a place. */
export async function openFilm(
  { url, key, authorization }: PlaceAddress & { readonly kind: 'film' },
  flags: PlaceFlags,
): Promise<Place | Problem> {
  const headers = originHeaders(authorization, flags)
  if ('problem' in headers) return headers
  const name = nameOfUrl(url)
  const base = new URL('.', name)
  const urlOfKey = base.href + encodeURIComponent(key)
  const source = onlyFile(
    key,
    httpSource(base, {
      headers: headers.fields,
      // Asked for as it was typed, with its query. A redirect within the server leads to another URL.
      sign: (request) => (request.url === urlOfKey ? { ...request, url } : request),
      // One file that someone has named: where its server leads is where it is.
      redirect: 'follow',
    }),
  )
  const problem = await tryFile(name, source, key)
  if (problem !== undefined) return { problem }
  const isConfidential = authorization !== undefined || name !== url
  return { name, scope: url, source, isRemote: true, film: key, isConfidential, survey: surveyOf(key) }
}

/** What a terminal says of a place with one file. */
export function surveyOf(key: string): Place['survey'] {
  return async () => ({ holds: 'one file', example: key })
}

/** A source that has one file. */
export function onlyFile(key: string, source: RangeSource, nameThere = key): RangeSource {
  return { open: (asked, options) => (asked === key ? source.open(nameThere, options) : undefined) }
}

/**
 * Opens a file and reads a byte of it: a server may ignore ranges without saying so.
 *
 * @returns what is wrong, if something is.
 */
async function tryFile(name: string, source: RangeSource, key: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(TRY_MS)
  try {
    const file = await source.open(key, { signal })
    if (file === undefined) return `there is no file ${name}`
    try {
      if (file.completeLength !== 0) await file.read({ firstPos: 0, lastPos: 0 }, { signal })
    } finally {
      await file.close()
    }
    return undefined
  } catch (error) {
    return originProblem(name, error, '; credentials can be given with --origin-header')
  }
}
