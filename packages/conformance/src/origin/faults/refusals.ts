import { answer } from '../correct/answer.ts'
import { LOOP, MOVED } from '../paths.ts'
import type { Fault, FaultContext } from './fault.ts'

const refuse =
  (status: number, fields: (context: FaultContext) => Record<string, string> = () => ({})) =>
  (context: FaultContext): void => {
    Object.assign(context.answer, answer(status, fields(context)))
  }

const retryAfter = ({ settings }: FaultContext) => ({ 'Retry-After': String(settings.retryAfter) })

/** Faults that are another status. */
export const refusals = [
  {
    name: 'no-head',
    kind: 'permitted',
    text: 'HEAD is refused with a 405.',
    to: 'head',
    apply: refuse(405, () => ({ Allow: 'GET' })),
  },
  { name: '403', kind: 'permitted', text: 'A 403.', to: 'any', apply: refuse(403) },
  { name: '404', kind: 'permitted', text: 'A 404.', to: 'any', apply: refuse(404) },
  {
    name: '429',
    kind: 'permitted',
    text: 'A 429 with Retry-After.',
    to: 'any',
    apply: refuse(429, retryAfter),
  },
  { name: '500', kind: 'permitted', text: 'A 500.', to: 'any', apply: refuse(500) },
  {
    name: '503',
    kind: 'permitted',
    text: 'A 503 with Retry-After.',
    to: 'any',
    apply: refuse(503, retryAfter),
  },
  {
    name: 'redirect',
    kind: 'permitted',
    text: 'A redirect to another path of the origin, where the file is.',
    to: 'any',
    apply: refuse(302, ({ path }) => ({ Location: `${MOVED}${path}` })),
  },
  {
    name: 'redirect-away',
    kind: 'permitted',
    text: 'A redirect to another origin (another port), where the file is; credentials that it is sent are counted.',
    to: 'any',
    apply: refuse(302, ({ awayUrl, path }) => ({ Location: `${awayUrl}${path}` })),
  },
  {
    name: 'redirect-loop',
    kind: 'broken',
    text: 'A redirect that leads to itself.',
    to: 'any',
    apply: refuse(302, ({ path }) => ({ Location: `${LOOP}${path}` })),
  },
] as const satisfies readonly Fault[]
