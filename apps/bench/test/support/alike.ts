import type { RawResponse } from '@rangekit/conformance'
import { field } from '@rangekit/test-kit/raw'
import { words } from '@rangekit/test-kit/words'

const FIELDS = words(
  'Content-Length Content-Range Content-Type Content-Encoding Content-Disposition Last-Modified Cache-Control X-Robots-Tag',
)

/** One spelling for lists and parameters; `no-transform` is what Rangekit adds, as the page says. */
function normal(value: string | undefined): string | undefined {
  const spelled = value
    ?.toLowerCase()
    .replace(/\s*([,;])\s*/g, '$1')
    .replaceAll('"', '')
  return spelled?.replace(/,?no-transform$/, '') || undefined
}

/**
 * What two servers must agree on: the status, the body of a success, and the fields that describe it. A 304 of Rangekit
 * has only those of 9110 §15.4.5, as the page says.
 *
 * @param but fields in which they differ on purpose.
 */
export function essence(response: RawResponse, but: readonly string[] = []): Record<string, unknown> {
  const { status, body } = response
  if (status >= 400) return { status }
  const left = [...but, ...(status === 304 ? ['Last-Modified', 'X-Robots-Tag', 'Content-Disposition'] : [])]
  const fields = FIELDS.filter((name) => !left.includes(name))
  return {
    status,
    body: body.toString('latin1'),
    ...Object.fromEntries(fields.map((name) => [name, normal(field(response, name))])),
  }
}
