import { nodePeers, type ServerId } from '../peers/servers.ts'
import { type MeasureName, medianOf, type Results } from '../results.ts'
import { formatNumber, markdownTable } from './markdown.ts'

interface Target {
  readonly what: string
  readonly measure: MeasureName
  /** The server that is to reach it. Default: `rangekit-node`. */
  readonly of?: ServerId
  /** The best of these is compared with. Empty: `limit` is absolute. */
  readonly peers: readonly ServerId[]
  /** The peers in words. */
  readonly against: string
  /** For speed, how many times as fast as the best peer. For memory without peers, in bytes. */
  readonly limit: number
  readonly level: 'at least' | 'aim'
}

const KIB = 1024
const best = { peers: nodePeers, against: 'the best JavaScript server on Node' }
const goServer = { peers: ['go'], against: 'Go net/http' } as const
const sendfile = { peers: ['nginx-sendfile'], against: 'nginx, sendfile on' } as const
const buffers = { peers: ['nginx-buffers'], against: 'nginx, sendfile off, tuned' } as const
const native = {
  peers: ['nginx-sendfile', 'nginx-buffers', 'go'],
  against: 'the faster of nginx and Go',
} as const
const bun = { of: 'rangekit-bun', peers: ['bun-file'], against: 'Bun.file' } as const

const TARGETS: readonly Target[] = [
  { what: '1 KiB ranges', measure: 'range-1k', ...best, limit: 2, level: 'at least' },
  { what: '1 KiB ranges', measure: 'range-1k', ...goServer, limit: 1, level: 'at least' },
  { what: '1 KiB ranges', measure: 'range-1k', ...sendfile, limit: 0.5, level: 'aim' },
  { what: '1 KiB ranges', measure: 'range-1k', ...buffers, limit: 0.5, level: 'aim' },
  { what: '64 KiB ranges', measure: 'range-64k', ...best, limit: 2, level: 'at least' },
  { what: '64 KiB ranges', measure: 'range-64k', ...goServer, limit: 1, level: 'aim' },
  { what: '1 MiB ranges', measure: 'range-1m', ...best, limit: 2.8, level: 'at least' },
  { what: '1 MiB ranges', measure: 'range-1m', ...sendfile, limit: 1.2, level: 'at least' },
  { what: '1 MiB ranges', measure: 'range-1m', ...buffers, limit: 0.9, level: 'aim' },
  { what: 'whole file', measure: 'whole', ...best, limit: 2.6, level: 'at least' },
  { what: 'whole file', measure: 'whole', ...sendfile, limit: 1.1, level: 'at least' },
  { what: 'whole file', measure: 'whole', ...native, limit: 0.9, level: 'aim' },
  {
    what: 'RSS per stopped reader',
    measure: 'stalled',
    peers: [],
    against: '≤ 128 KiB',
    limit: 128 * KIB,
    level: 'at least',
  },
  {
    what: 'RSS per stopped reader',
    measure: 'stalled',
    peers: [],
    against: '≤ 64 KiB',
    limit: 64 * KIB,
    level: 'aim',
  },
  {
    what: 'peak RSS, 1 MiB ranges',
    measure: 'peak',
    peers: nodePeers,
    against: 'below every JavaScript server on Node',
    limit: 1,
    level: 'at least',
  },
  {
    what: 'peak RSS, 1 MiB ranges',
    measure: 'peak',
    peers: [],
    against: '≤ 100 MiB',
    limit: 100 * KIB ** 2,
    level: 'aim',
  },
  { what: 'Bun, 1 KiB ranges', measure: 'range-1k', ...bun, limit: 1, level: 'at least' },
  { what: 'Bun, 64 KiB ranges', measure: 'range-64k', ...bun, limit: 1, level: 'at least' },
  { what: 'Bun, 1 MiB ranges', measure: 'range-1m', ...bun, limit: 1, level: 'at least' },
  { what: 'Bun, whole file', measure: 'whole', ...bun, limit: 1, level: 'at least' },
  { what: 'Bun, 1 KiB ranges', measure: 'range-1k', ...bun, limit: 1.5, level: 'aim' },
  { what: 'Bun, 64 KiB ranges', measure: 'range-64k', ...bun, limit: 1.5, level: 'aim' },
]

/** A table of the figures that Rangekit is to reach, and those that it does. */
export function renderTargets(results: Results): string {
  return markdownTable([
    ['Work', 'Level', 'Wanted', 'Reached', ''],
    ...TARGETS.map((target) => [target.what, target.level, ...verdict(results, target)]),
  ])
}

function verdict(results: Results, target: Target): [wanted: string, reached: string, met: string] {
  const { measure, limit, peers, against } = target
  const own = medianOf(results, target.of ?? 'rangekit-node', measure)
  const found = peers
    .map((id) => ({ id, median: medianOf(results, id, measure) }))
    .filter((peer): peer is { id: ServerId; median: number } => peer.median !== undefined)
    .sort((a, b) => a.median - b.median)
  if (measure === 'stalled' || measure === 'peak') {
    const lowest = found[0]
    const most = peers.length === 0 ? limit : lowest?.median
    const wanted =
      peers.length === 0 || most === undefined ? against : `${against} (${lowest?.id}, ${kibibytes(most)})`
    if (own === undefined || most === undefined) return [wanted, '–', 'not measured']
    return [wanted, kibibytes(own), own <= most ? 'yes' : 'no']
  }
  const fastest = found.at(-1)
  const wanted = `${formatNumber(limit, 1)} × ${against}${peers.length > 1 && fastest ? ` (${fastest.id})` : ''}`
  if (own === undefined || fastest === undefined) return [wanted, '–', 'not measured']
  const ratio = own / fastest.median
  return [wanted, `${formatNumber(ratio, 2)} ×`, ratio >= limit ? 'yes' : 'no']
}

function kibibytes(bytes: number): string {
  return `${formatNumber(bytes / KIB, 0)} KiB`
}
