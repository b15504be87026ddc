import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ByteRange } from '../byte-range.ts'
import { answer, correctAnswer, type PlannedAnswer } from './correct/answer.ts'
import { type ChaosCounts, newCounts } from './counts.ts'
import { type FaultName, faultsFor, isFault } from './faults/catalog.ts'
import type { Wire } from './faults/fault.ts'
import { ChaosFile } from './file.ts'
import { type ChaosOptions, type ChaosSettings, DEFAULTS } from './options.ts'
import { COUNTS_PATH, FILE_PATH, filePath, INDEX_PATH, LOOP } from './paths.ts'
import { seededRandom } from './random.ts'
import { listen } from './serve/listen.ts'
import { send } from './serve/send.ts'

/** So that pages of other origins can test their readers. */
const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': '*',
  'Access-Control-Allow-Headers': 'Authorization, *',
}
const INDEX = `<!doctype html><a href="${FILE_PATH.slice(1)}">${FILE_PATH.slice(1)}</a>\n`
const CREDENTIALS = ['authorization', 'cookie', 'proxy-authorization'] as const

/** A running chaos origin. */
export interface ChaosOrigin extends AsyncDisposable {
  /** Its file `/film.bin`. Other paths are files as well, with versions of their own; with `no-such` in it, one is a 404. */
  readonly url: string
  /** What it has seen and done so far; `GET /counts` answers with it as JSON. */
  readonly counts: ChaosCounts
  /** Sets what is given, for the requests that come from now on. */
  configure(settings: ChaosSettings): void
  /** The version that a file has now, from 1 up. Default: of `/film.bin`. */
  version(path?: string): number
  /** Ends every connection. */
  close(): Promise<void>
}

/**
 * Starts an origin that answers requests for ranges correctly, but for faults at random, to test what reads ranges.
 *
 * Its content tells version and position in every eight bytes; `checkBytes` says of what a reader got whether it is right.
 * It listens on a second port as well, for redirects to another origin.
 *
 * @throws RangeError for a size or a rate out of range, and for an unknown fault.
 * @example
 * import { checkBytes, startChaosOrigin } from '@rangekit/conformance/origin'
 *
 * await using origin = await startChaosOrigin({ seed: 7, faults: ['cut', 'change'] })
 * const response = await fetch(origin.url, { headers: { Range: 'bytes=1000-1999' } })
 * const { versions, wrongAt } = checkBytes(await response.bytes(), 1000)
 */
export async function startChaosOrigin(options: ChaosOptions = {}): Promise<ChaosOrigin> {
  const { host, port, size, seed, stallMs, slowMs, retryAfter, onFault } = { ...DEFAULTS, ...options }
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`Not a length in bytes: ${size}`)
  let rate = 0
  let faults: ReadonlySet<FaultName> = new Set()
  configure({ ...DEFAULTS, ...options })

  const settings = { stallMs, slowMs, retryAfter }
  const counts = newCounts()
  const files = new Map<string, ChaosFile>()
  const random = seededRandom(seed)
  const onConnection = (change: number) => {
    counts.connections += change
  }
  const away = await listen({ host, port: 0, onConnection, onRequest: answerAway })
  const listening = listen({ host, port, onConnection, onRequest: answerRequest })
  listening.catch(() => away.close())
  const origin = await listening
  const close = async () => {
    await Promise.all([origin.close(), away.close()])
  }
  return { url: `${origin.url}${FILE_PATH}`, counts, configure, version, close, [Symbol.asyncDispose]: close }

  function configure(change: ChaosSettings): void {
    rate = change.rate ?? rate
    if (!(rate >= 0 && rate <= 1)) throw new RangeError(`Not a rate from 0 to 1: ${rate}`)
    const unknown = change.faults?.find((name) => !isFault(name))
    if (unknown !== undefined) throw new RangeError(`Unknown fault ${unknown}`)
    faults = change.faults === undefined ? faults : new Set(change.faults)
  }

  function version(path = FILE_PATH): number {
    return files.get(path)?.version ?? 1
  }

  function fileAt(path: string): ChaosFile | undefined {
    const own = filePath(path)
    if (own === undefined) return undefined
    const file = files.get(own) ?? new ChaosFile(size)
    files.set(own, file)
    return file
  }

  function answerAway(request: IncomingMessage, response: ServerResponse): void {
    counts.away.requests++
    if (CREDENTIALS.some((name) => request.headers[name] !== undefined)) counts.away.credentials++
    const { path, method, fields } = read(request)
    const file = fileAt(path)
    respond(response, method, correctAnswer({ method, fields }, file), { stops: [] }, file?.version)
  }

  function answerRequest(request: IncomingMessage, response: ServerResponse): void {
    const { path, method, fields } = read(request)
    const page = { [COUNTS_PATH]: () => JSON.stringify(counts), [INDEX_PATH]: () => INDEX }[path]
    if (page !== undefined) {
      response.setHeader('Content-Type', path === INDEX_PATH ? 'text/html' : 'application/json')
      response.end(page())
      return
    }
    const number = ++counts.requests
    const wire: Wire = { stops: [] }
    if (path.startsWith(`${LOOP}/`)) {
      respond(response, method, answer(302, { Location: path }), wire)
      return
    }
    const file = fileAt(path)
    let planned = correctAnswer({ method, fields }, file)
    // Both numbers are drawn for every request, so that the one after it meets the same fault whatever this one meets.
    const [luck, choice] = [random(), random()]
    const possible = file !== undefined && luck < rate ? faultsFor(faults, { method, path }, planned) : []
    const fault = possible[Math.floor(choice * possible.length)]
    if (fault === undefined || file === undefined) {
      respond(response, method, planned, wire, file?.version)
      return
    }
    const { name } = fault
    counts.faults[name] = (counts.faults[name] ?? 0) + 1
    onFault?.({ fault: name, request: number, method, path, range: fields['range'] })
    fault.prepare?.(file)
    if (fault.prepare !== undefined) planned = correctAnswer({ method, fields }, file)
    const sent = wholeBody(planned) ?? { firstPos: 0, lastPos: size - 1 }
    const { version } = file
    fault.apply?.({
      answer: planned,
      wire,
      file,
      version,
      sent,
      path,
      awayUrl: away.url,
      settings,
      random: seededRandom(choice * 2 ** 32),
    })
    respond(response, method, planned, wire, version)
  }

  function respond(
    response: ServerResponse,
    method: string,
    planned: PlannedAnswer,
    wire: Wire,
    version = 1,
  ): void {
    counts.responses++
    response.on('close', () => counts.responses--)
    const fields = { ...CORS, ...planned.fields }
    const onBytes = (count: number) => {
      counts.bytes += count
    }
    void send(response, {
      answer: { ...planned, fields },
      wire,
      version,
      hasBody: method !== 'HEAD',
      onBytes,
    })
  }
}

/** What a body of one part has of the file. */
function wholeBody({ body: [part, ...others] }: PlannedAnswer): ByteRange | undefined {
  return part === undefined || part instanceof Uint8Array || others.length > 0 ? undefined : part
}

function read(request: IncomingMessage) {
  // A target that is no URL, such as `//`, has no file.
  const path = URL.parse(request.url ?? '/', 'http://localhost')?.pathname ?? '//'
  const { method = 'GET', headers } = request
  return { path, method, fields: headers as Readonly<Record<string, string | undefined>> }
}
