import type { PlannedAnswer } from '../correct/answer.ts'
import { MOVED } from '../paths.ts'
import { connectionFaults } from './connection.ts'
import type { Fault, FaultKind } from './fault.ts'
import { rangeFaults } from './ranges.ts'
import { refusals } from './refusals.ts'
import { versionFaults } from './versions.ts'

const FAULTS = [...connectionFaults, ...rangeFaults, ...versionFaults, ...refusals] as const

/** The name of a fault. */
export type FaultName = (typeof FAULTS)[number]['name']

/** What is known of a fault. */
export interface FaultInfo {
  /** What it is called in the options. */
  readonly name: FaultName
  /** What it asks of a reader. */
  readonly kind: FaultKind
  /** What the origin does, in a sentence. */
  readonly text: string
}

/** All faults. */
export const chaosFaults: readonly FaultInfo[] = FAULTS.map(({ name, kind, text }) => ({ name, kind, text }))

/** Those that a reader can notice or has to cope with: what is chosen from by default. */
export const defaultFaults: readonly FaultName[] = FAULTS.filter(({ kind }) => kind !== 'silent').map(
  ({ name }) => name,
)

/** Whether there is a fault with this name. */
export function isFault(name: string): name is FaultName {
  return FAULTS.some((fault) => fault.name === name)
}

/** Which of the faults with these names can happen to a request that gets this response. */
export function faultsFor(
  names: ReadonlySet<FaultName>,
  { method, path }: { readonly method: string; readonly path: string },
  { status, fields, body }: PlannedAnswer,
): readonly (Fault & FaultInfo)[] {
  const isContent = method === 'GET' && (status === 200 || status === 206) && body.length > 0
  const kinds: Readonly<Record<Fault['to'], boolean>> = {
    any: true,
    head: method === 'HEAD',
    content: isContent,
    range: isContent && status === 206 && isPartial(fields['Content-Range']),
  }
  const isMoved = path.startsWith(`${MOVED}/`)
  return FAULTS.filter(({ name, to }) => {
    return names.has(name) && kinds[to] && !(isMoved && name.startsWith('redirect'))
  })
}

/** Whether a Content-Range has less than the whole. */
function isPartial(field = ''): boolean {
  const [, first, last, length] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(field) ?? []
  return length !== undefined && Number(last) - Number(first) + 1 < Number(length)
}

const HEADINGS: Readonly<Record<FaultKind, string>> = {
  permitted: 'permitted by the RFCs',
  broken: 'broken',
  silent: 'cannot be noticed but by the content; by name only',
}

/** The faults as text for a terminal. */
export function describeFaults(): string {
  return Object.entries(HEADINGS)
    .map(([kind, heading]) => {
      const lines = chaosFaults.filter((fault) => fault.kind === kind)
      return `${heading}:\n${lines.map(({ name, text }) => `  ${name.padEnd(16)} ${text}\n`).join('')}`
    })
    .join('\n')
}

/** The faults as a table for a page. */
export function faultTable(): string {
  const rows = Object.keys(HEADINGS).flatMap((kind) => {
    return chaosFaults
      .filter((fault) => fault.kind === kind)
      .map(({ name, text }) => `| \`${name}\` | ${kind} | ${text} |\n`)
  })
  return `| fault | | what the origin does |\n| --- | --- | --- |\n${rows.join('')}`
}
