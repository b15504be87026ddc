import { httpSource } from '@rangekit/http-source'
import { messageOf, rootCause } from '../command/problem.ts'
import { TRY_MS, timeoutProblem } from './origin-problem.ts'
import type { Place, Problem } from './place.ts'
import type { PlaceAddress } from './place-address.ts'
import type { PlaceFlags } from './place-flags.ts'

/** Answers that no other request below the URL will improve: it needs credentials, or a proxy has nothing behind it. */
const HOPELESS: Readonly<Record<number, string>> = {
  401: '; credentials can be given with --origin-header',
  407: '',
  502: '',
  503: '',
  504: '',
}

/** What is below the URL of a web server, as a place without lists. */
export async function openOrigin(
  { url, authorization }: PlaceAddress & { readonly kind: 'origin' },
  flags: PlaceFlags,
): Promise<Place | Problem> {
  const headers = originHeaders(authorization, flags)
  if ('problem' in headers) return headers
  const problem = await reach(url, headers.fields)
  if (problem !== undefined) return { problem }
  return {
    name: url,
    scope: url,
    source: httpSource(url, { headers: headers.fields }),
    isRemote: true,
    origin: url,
    isConfidential: authorization !== undefined,
    survey: async () => ({ holds: 'a web server', hint: 'open the page, and enter the path of a file' }),
  }
}

/** The fields of each request to the origin. */
export function originHeaders(
  authorization: string | undefined,
  { originHeader = {} }: PlaceFlags,
): { readonly fields: Readonly<Record<string, string>> } | Problem {
  const hasOwn = Object.keys(originHeader).some((name) => name.toLowerCase() === 'authorization')
  if (authorization === undefined) return { fields: originHeader }
  if (hasOwn) return { problem: 'credentials are given twice: in the URL and with --origin-header' }
  return { fields: { ...originHeader, Authorization: authorization } }
}

/**
 * Asks once whether a server is there. It may answer that there is nothing at this URL, or that it may not be listed:
 * the URLs below it are what counts.
 */
async function reach(url: string, headers: Readonly<Record<string, string>>): Promise<string | undefined> {
  try {
    const { status, headers: answer } = await fetch(url, {
      method: 'HEAD',
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(TRY_MS),
    })
    const target = status >= 300 && status < 400 ? URL.parse(answer.get('location') ?? '', url) : null
    if (target !== null && target.origin !== new URL(url).origin) {
      return `${url} redirects to ${target.origin}${target.pathname}; name that instead`
    }
    const advice = HOPELESS[status]
    return advice === undefined ? undefined : `${url} answers with ${status}${advice}`
  } catch (error) {
    const reason = error instanceof Error ? rootCause(error) : error
    return timeoutProblem(url, error) ?? `${url} cannot be reached (${messageOf(reason)})`
  }
}
