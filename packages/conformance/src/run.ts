import { judge } from './judge/judge.ts'
import type { Finding } from './judge/rules.ts'
import { DEFAULT_LINGER_MS, DEFAULT_TIMEOUT_MS, type RawOptions } from './raw/exchange.ts'
import { closeSession } from './raw/http2-exchange.ts'
import type { ParsedResponse } from './raw/parse-response.ts'
import { type Protocol, preferredProtocol } from './raw/protocol.ts'
import { NoAnswerError, type RawResponse } from './raw/received.ts'
import type { RawTarget } from './raw/target.ts'
import { TRANSPORTS } from './raw/transport.ts'
import { makeReport, type Report, type VectorResult } from './report/report.ts'
import { probeSubject } from './subject/probe.ts'
import { firstDifference, isWhole, type Subject } from './subject/subject.ts'
import { reaches } from './subject/unknown-length.ts'
import { UnreachableError } from './subject/unreachable-error.ts'
import { ofHttp1, unmet } from './suite/needs.ts'
import { requestText } from './suite/request-text.ts'
import { type Selection, selectVectors } from './suite/select-vectors.ts'
import { expand } from './suite/template.ts'
import type { Vector, VectorRequest } from './suite/vector.ts'

/** Options of {@link runConformance}. */
export interface ConformanceOptions extends Selection {
  /** Milliseconds for each request. Default: 5000. */
  readonly timeoutMs?: number
  /**
   * The protocol to judge the server over. Default: the one that the server prefers by ALPN, so for http URLs HTTP/1.1.
   * `h2` with an http URL needs a server that knows it without being asked (9113 §3.3).
   */
  readonly protocol?: Protocol
  /** The certificate authorities to trust, in PEM. Default: those of Node. */
  readonly ca?: string
  /** Whether any certificate is accepted. Default: false. */
  readonly insecure?: boolean
  /** Called after a request without an answer; may bring the server back before the next one. Default: nothing. */
  readonly onNoAnswer?: () => Promise<void>
}

/** After so many requests that were refused or timed out, the remaining vectors are not run. */
const MAX_SILENCES = 20
/** Bytes read of each response where the representation is not known whole: enough to compare. */
const SAMPLED_MAX_BYTES = 1024 * 1024
/** Milliseconds. To see that a server closes a connection takes longer than to see that nothing follows. */
const CLOSE_LINGER_MS = 1500

/**
 * Judges the range support of a server by RFC 9110, 9112 and 9530, over HTTP/1.1 or HTTP/2.
 *
 * Requests go out one after the other: some twelve to learn the representation, then at most one connection for each
 * vector. Their methods are GET, HEAD, OPTIONS, POST without content, and one that does not exist.
 *
 * @param url http or https; a plain GET must be answered with 200.
 * @throws TypeError for another URL.
 * @throws RangeError for an unknown id, and when no vector is selected.
 * @throws UnreachableError when the representation cannot be learned.
 * @example
 * const report = await runConformance('http://127.0.0.1:8080/film.mp4')
 * console.log(report.totals.failed.MUST === 0 ? 'conforms' : renderReport(report))
 */
export async function runConformance(url: string | URL, options: ConformanceOptions = {}): Promise<Report> {
  const target = new URL(url)
  if (!['http:', 'https:'].includes(target.protocol)) throw new TypeError(`Not an http or https URL: ${url}`)
  const selected = selectVectors(options)
  const started = Date.now()
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options
  const where = connectionTo(target, options)
  const protocol = options.protocol ?? (await chooseProtocol(where, timeoutMs))
  const subject = await probeSubject(target, where, protocol, { timeoutMs }).catch((error: unknown) => {
    closeSession(where)
    throw error
  })
  const raw: RawOptions = { timeoutMs, ...limits(subject) }
  const results: VectorResult[] = []
  let silences = 0
  for (const vector of selected) {
    if (silences >= MAX_SILENCES) {
      const reason = 'not run: the server no longer answers'
      results.push({ ...about(vector), verdict: 'not-applicable', reason })
      continue
    }
    const begun = Date.now()
    const { silence, result } = await runVector(vector, subject, raw)
    results.push(result)
    if (silence === 'refused' || Date.now() - begun >= timeoutMs) silences++
    if (silence !== undefined) await options.onNoAnswer?.()
  }
  closeSession(where)
  return makeReport(target.href, subject, results, Date.now() - started)
}

function connectionTo({ protocol, port, hostname }: URL, { ca, insecure }: ConformanceOptions): RawTarget {
  const secure = protocol === 'https:'
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (secure ? 443 : 80),
    secure,
    ...(ca !== undefined && { ca }),
    ...(insecure !== undefined && { insecure }),
  }
}

async function chooseProtocol(target: RawTarget, timeoutMs: number): Promise<Protocol> {
  try {
    return await preferredProtocol(target, timeoutMs)
  } catch (error) {
    throw new UnreachableError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** How much is read of a response. */
function limits(subject: Subject): RawOptions {
  if (isWhole(subject)) return {}
  const { completeLength, currentLength } = subject
  const isEnough =
    completeLength === undefined && ((response: ParsedResponse) => reaches(response, currentLength))
  return { maxBytes: SAMPLED_MAX_BYTES, ...(isEnough && { isEnough }) }
}

function about({ id, section, level, title, why }: Vector) {
  return { id, section, level, title, why }
}

interface VectorRun {
  readonly result: VectorResult
  /** Why there was no answer; `undefined` when there was one, or none was asked for. */
  readonly silence?: NoAnswerError['reason']
}

async function runVector(vector: Vector, subject: Subject, raw: RawOptions): Promise<VectorRun> {
  const missing = ofHttp1(vector, subject) ?? unmet(vector.needs ?? [], subject)
  if (missing !== undefined) return { result: { ...about(vector), ...missing } }
  const request = expandRequest(vector.request, subject)
  const sent = requestText(subject, request)
  const texts = request.pipelined ? [sent, requestText(subject, {})] : [sent]
  const lingerMs = vector.accept.some(({ closes }) => closes) ? CLOSE_LINGER_MS : DEFAULT_LINGER_MS
  try {
    const [response, next] = await TRANSPORTS[subject.protocol](subject.target, texts, { ...raw, lingerMs })
    if (response === undefined) throw new NoAnswerError('closed', 'no response')
    const judgement = judge(vector, { request, response, subject })
    const findings: Finding[] = judgement.verdict === 'fail' ? [...judgement.findings] : []
    if (request.pipelined) findings.push(...wrongNext(response, next, subject))
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
    const result: VectorResult = {
      ...about(vector),
      verdict: 'fail',
      findings,
      sent,
      received: '(nothing)',
    }
    return { silence: error.reason, result }
  }
}

function expandRequest(request: VectorRequest, subject: Subject): VectorRequest {
  const { target = '{path}', headers = [], rawLines = [] } = request
  return {
    ...request,
    target: expand(target, subject),
    headers: headers.map(([name, value]) => [name, expand(value, subject)] as const),
    rawLines: rawLines.map((line) => expand(line, subject)),
  }
}

/** What is wrong with the 200 to the plain GET that follows; the server may close the connection instead. */
function wrongNext(response: RawResponse, next: RawResponse | undefined, subject: Subject): Finding[] {
  const finding = (problem: string): Finding[] => [{ level: 'MUST', section: '9112 §6.3', problem }]
  if (next === undefined) {
    return response.closed || response.extraBytes.length > 0 ? [] : finding('there is no next response')
  }
  if (next.status !== 200) return finding(`the next response is a ${next.status}, not a 200`)
  const isRight = firstDifference(next.body, 0, subject) === undefined
  const whole = next.body.length === subject.completeLength && isRight
  if (subject.completeLength === undefined) {
    return isRight ? [] : finding('the next response does not begin with the first byte')
  }
  return whole || !isWhole(subject) ? [] : finding('the next response is not the whole representation')
}
