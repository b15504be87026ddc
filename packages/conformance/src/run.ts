// The run: learn the file, send every vector that applies, judge what comes back.
import { firstDifference } from './bytes.ts'
import { judge } from './judge.ts'
import { learn } from './learn.ts'
import { isWhole, type Learned } from './learned.ts'
import { unmet } from './needs.ts'
import { NoAnswerError, type RawOptions, type RawResponse, rawExchanges } from './raw-http.ts'
import { makeReport, type Report, type VectorResult } from './report.ts'
import { requestText } from './request.ts'
import type { Finding } from './rules.ts'
import { expand } from './template.ts'
import { type Level, levels, type Vector, type VectorRequest } from './vector.ts'
import { vectors as allVectors } from './vectors.ts'

export interface ConformanceOptions {
  /** Milliseconds for each request. Default 5000. */
  readonly timeoutMs?: number
  /** Only vectors of this section and those below, e.g. `14.1` or `9112 §6`. Default all. */
  readonly section?: string
  /** Only vectors of this level and stricter ones. Default all. */
  readonly level?: Level
  /** Only these vectors, by id. Default all. */
  readonly only?: readonly string[]
  /** Vectors to run. Default: those that come with the checker. */
  readonly vectors?: readonly Vector[]
  /** Called after a request that got no answer; may bring the server back before the next one. */
  readonly onNoAnswer?: () => Promise<void>
}

/** After so many requests that timed out or found nobody, the rest is not run: it would say nothing. */
const maxSilences = 20

/**
 * Judges the range support of the HTTP/1.1 server at `url` (http or https) by RFC 9110, 9112 and 9530.
 * The URL must answer a plain GET with 200. Requests go out one after the other: about ten to learn the
 * file, then at most one connection for each vector. Methods used: GET, HEAD, OPTIONS, an empty POST
 * and one that does not exist.
 *
 * Throws TypeError for a URL that is not http(s), RangeError for an unknown id or a selection without
 * vectors, {@link UnreachableError} when the file cannot be learned.
 *
 * @example
 * const report = await runConformance('http://127.0.0.1:8080/film.mp4')
 * console.log(report.totals.failed.MUST === 0 ? 'conforms' : renderReport(report))
 */
export async function runConformance(url: string | URL, options: ConformanceOptions = {}): Promise<Report> {
  const target = new URL(url)
  if (!['http:', 'https:'].includes(target.protocol)) throw new TypeError(`not an http or https URL: ${url}`)
  const chosen = selectVectors(options)
  const started = Date.now()
  const { timeoutMs = 5000 } = options
  const learned = await learn(target, { timeoutMs })
  // Of a file that is not known whole, a first part is enough to compare.
  const raw: RawOptions = isWhole(learned) ? { timeoutMs } : { timeoutMs, maxBytes: 1024 * 1024 }
  const results: VectorResult[] = []
  let silences = 0
  for (const vector of chosen) {
    if (silences >= maxSilences) {
      results.push({
        ...about(vector),
        verdict: 'not-applicable',
        reason: 'not run: the server no longer answers',
      })
      continue
    }
    const begun = Date.now()
    const { silence, result } = await runVector(vector, learned, raw)
    results.push(result)
    if (silence === 'refused' || Date.now() - begun >= timeoutMs) silences++
    if (silence !== undefined) await options.onNoAnswer?.()
  }
  return makeReport(target.href, learned, results, Date.now() - started)
}

/** The vectors that the options ask for. */
export function selectVectors(options: ConformanceOptions): readonly Vector[] {
  const { vectors = allVectors, section, level = 'MAY', only } = options
  const unknown = only?.find((id) => !vectors.some((vector) => vector.id === id))
  if (unknown !== undefined) throw new RangeError(`no vector has the id ${unknown}`)
  const below = section?.replace('§', '').split(/\s+/).join(' §')
  const chosen = vectors.filter((vector) => {
    const name = below?.includes('§') ? vector.section : (vector.section.split('§')[1] ?? '')
    return (
      (only?.includes(vector.id) ?? true) &&
      levels.indexOf(vector.level) <= levels.indexOf(level) &&
      (below === undefined || name === below || name.startsWith(`${below}.`))
    )
  })
  if (chosen.length === 0) throw new RangeError('no vector is selected')
  return chosen
}

const about = ({ id, section, level, title, why }: Vector) => ({ id, section, level, title, why })

async function runVector(
  vector: Vector,
  learned: Learned,
  raw: RawOptions,
): Promise<{ readonly silence?: NoAnswerError['reason']; readonly result: VectorResult }> {
  const missing = unmet(vector.needs ?? [], learned)
  if (missing !== undefined) return { result: { ...about(vector), ...missing } }
  const request = expandRequest(vector.request, learned)
  const sent = requestText(learned, request)
  const texts = request.pipelined ? [sent, requestText(learned, {})] : [sent]
  // To see a server close a connection takes longer than to see that nothing follows.
  const lingerMs = vector.accept.some(({ closes }) => closes) ? 1500 : 60
  try {
    const responses = await rawExchanges(learned.target, texts, { ...raw, lingerMs })
    const [response, next] = responses
    if (response === undefined) throw new NoAnswerError('closed', 'no response')
    const judgement = judge(vector, { request, response, learned })
    const findings = [...judgement.findings, ...(request.pipelined ? wrongNext(response, next, learned) : [])]
    const received = `${response.head}\n(${response.body.length} bytes, framed by ${response.framing})`
    const result = { ...about(vector), sent, received }
    if (findings.length > 0) return { result: { ...result, verdict: 'fail', findings } }
    if (request.pipelined && next === undefined) {
      const reason = 'the server closes the connection after each response'
      return { result: { ...result, verdict: 'not-offered', reason } }
    }
    if (judgement.verdict === 'pass') return { result: { ...result, verdict: 'pass' } }
    const reason = `answered ${response.status}, which is permitted`
    return { result: { ...result, verdict: 'not-offered', reason } }
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error
    const { section, level } = vector
    const findings: Finding[] = [{ section, level, problem: `no answer: ${error.message}` }]
    const result = { ...about(vector), verdict: 'fail', findings, sent, received: '(nothing)' } as const
    return { silence: error.reason, result }
  }
}

function expandRequest(request: VectorRequest, learned: Learned): VectorRequest {
  const { target = '{path}', headers = [], rawLines = [] } = request
  return {
    ...request,
    target: expand(target, learned),
    headers: headers.map(([name, value]) => [name, expand(value, learned)] as const),
    rawLines: rawLines.map((line) => expand(line, learned)),
  }
}

/** What is wrong with the 200 that must follow on the same connection; a server may close instead. */
function wrongNext(response: RawResponse, next: RawResponse | undefined, learned: Learned): Finding[] {
  const finding = (problem: string): Finding[] => [{ level: 'MUST', section: '9112 §6.3', problem }]
  if (next === undefined)
    return response.closed || response.extraBytes.length > 0 ? [] : finding('no next response')
  if (next.status !== 200) return finding(`the next response is a ${next.status}, not a 200`)
  const whole =
    next.body.length === learned.completeLength && firstDifference(next.body, 0, learned) === undefined
  return whole || !isWhole(learned) ? [] : finding('the next response is not the whole file')
}
