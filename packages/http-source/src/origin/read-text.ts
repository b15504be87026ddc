import { OriginError } from './origin-error.ts'
import type { OriginSettings } from './origin-options.ts'
import { send } from './send.ts'
import { nameOf, statusFault } from './status-fault.ts'

/**
 * Asks once for a document that is short and changes: the whole of it, whatever its version.
 *
 * @param limit the most bytes that are read.
 * @throws OriginError if there is none, or it is longer, or is not UTF-8.
 */
export async function readText(
  settings: OriginSettings,
  url: string,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  const asked = { method: 'GET', url, isOwn: true, fields: { 'accept-encoding': 'identity' } } as const
  const exchange = await send(settings, asked, signal)
  const { response } = exchange
  const fail = (fault: 'failed' | 'wrong-length', problem: string) =>
    new OriginError(fault, `${nameOf(url)} ${problem}`, { status: response.status })
  try {
    if (response.status !== 200) throw statusFault(response, url)
    const chunks: Uint8Array<ArrayBuffer>[] = []
    let length = 0
    for (let chunk = await exchange.next(); chunk !== undefined; chunk = await exchange.next()) {
      chunks.push(chunk)
      length += chunk.byteLength
      if (length > limit) throw fail('wrong-length', `sent more than ${limit} bytes`)
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(await new Blob(chunks).arrayBuffer())
  } catch (error) {
    throw error instanceof TypeError ? fail('failed', 'sent what is no text in UTF-8') : error
  } finally {
    exchange.end()
  }
}
