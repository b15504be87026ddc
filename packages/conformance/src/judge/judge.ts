import { parseImfDate } from '../http-date.ts'
import { headerValue } from '../raw/parse-response.ts'
import { expand } from '../suite/template.ts'
import {
  type Answer,
  type HeaderExpectation,
  LEVELS,
  statusMatches,
  statusSpecs,
  type Vector,
} from '../suite/vector.ts'
import { wrongBody } from './body.ts'
import type { Exchange } from './exchange.ts'
import { brokenRules, type Finding } from './rules.ts'

export type Judgement =
  | { readonly verdict: 'pass' | 'not-offered' }
  /** What was broken, the strictest rule first. */
  | { readonly verdict: 'fail'; readonly findings: readonly Finding[] }

/** Judges an exchange by the rules for every response, and by the answers that the vector permits. */
export function judge(vector: Vector, exchange: Exchange): Judgement {
  const broken = brokenRules(exchange)
  const { response } = exchange
  const candidates = vector.accept.filter((answer) =>
    statusSpecs(answer).some((spec) => statusMatches(spec, response.status)),
  )
  const mismatches = candidates.map((answer) => mismatch(answer, exchange))
  const matched = candidates[mismatches.indexOf(undefined)]
  const findings: Finding[] = [...broken]
  if (matched?.means === 'breaks-SHOULD') {
    const problem = `${response.status} keeps the MUST, but not the recommendation`
    findings.push({ level: 'SHOULD', section: vector.section, problem })
  } else if (matched === undefined) {
    const wanted = vector.accept.flatMap(statusSpecs).join(' or ')
    const problem = mismatches[0] ?? `status ${response.status}, not ${wanted}`
    findings.push({ level: vector.level, section: vector.section, problem })
  }
  findings.sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))
  if (findings.length > 0) return { verdict: 'fail', findings }
  return { verdict: matched?.means === 'not-offered' ? 'not-offered' : 'pass' }
}

/** Why a response is not the answer, though its status is; `undefined` when it is. */
function mismatch(answer: Answer, exchange: Exchange): string | undefined {
  for (const expectation of answer.headers ?? []) {
    const problem = wrongHeader(expectation, exchange)
    if (problem !== undefined) return problem
  }
  if (answer.closes && !exchange.response.closed) return 'the server leaves the connection open'
  return answer.body && wrongBody(answer.body, exchange)
}

function wrongHeader(expectation: HeaderExpectation, { response, subject }: Exchange): string | undefined {
  const { name } = expectation
  const value = headerValue(response.headers, name)
  const actual = `${name} is ${value === undefined ? 'absent' : JSON.stringify(value)}`
  const check = (right: boolean, wanted: string) => (right ? undefined : `${actual}, not ${wanted}`)
  switch (expectation.is) {
    case 'present':
      return check(value !== undefined, 'present')
    case 'absent':
      return check(value === undefined, 'absent')
    case 'as-in-200': {
      const wanted = headerValue(subject.headers, name)
      return check(value === wanted, `${JSON.stringify(wanted ?? 'absent')} as in the plain 200`)
    }
    case 'not-after': {
      const limit = parseImfDate(headerValue(response.headers, expectation.value))
      const late = (parseImfDate(value)?.getTime() ?? 0) > (limit?.getTime() ?? Number.POSITIVE_INFINITY)
      return check(!late, `at or before ${expectation.value}`)
    }
    case 'absent-or': {
      const wanted = expand(expectation.value, subject)
      return check(value === undefined || value === wanted, wanted)
    }
    case 'equals': {
      const wanted = expand(expectation.value, subject)
      return check(value === wanted, wanted)
    }
    case 'includes': {
      const wanted = expand(expectation.value, subject)
      return check(value?.includes(wanted) === true, `with ${wanted}`)
    }
    case 'pattern': {
      const wanted = expand(expectation.value, subject)
      return check(value !== undefined && new RegExp(wanted, 'i').test(value), `like /${wanted}/`)
    }
  }
}
