// Reads an origin on any runtime, and prints what came of it as JSON. Imports nothing that a runtime may not have.
import type { RangeBytes } from '@rangekit/range-core'
import { fetchRemote, httpSource, OriginError } from '../../src/index.ts'

const [base = ''] = (globalThis.process?.argv ?? []).slice(2)
const patient = httpSource(base, { retries: 1 })
const hasty = httpSource(base, { retries: 1, timeout: 300 })

interface Found {
  readonly length?: number
  readonly sum?: number
  readonly fault?: string
  readonly coding?: string
}

async function read(key: string, signal?: AbortSignal): Promise<Found> {
  const source = signal === undefined && /^(never|stall)$/.test(key) ? hasty : patient
  const opened = await source.open(key, { signal })
  if (opened === undefined) return { fault: 'missing' }
  const coding = opened.fields?.['Content-Encoding']
  const bytes = await opened.read({ firstPos: 0, lastPos: (opened.completeLength ?? 0) - 1 }, { signal })
  return { ...(await sumOf(bytes)), ...(coding !== undefined && { coding }) }
}

async function readAll(key: string): Promise<Found> {
  const { body } = await fetchRemote(base + encodeURIComponent(key), { timeout: 300 })
  return sumOf(body)
}

async function sumOf(bytes: RangeBytes): Promise<Found> {
  const whole = new Uint8Array(await new Response(bytes).arrayBuffer())
  return { length: whole.byteLength, sum: whole.reduce((sum, byte) => sum + byte, 0) }
}

/** Length and sum of the bytes of a key, or the fault. */
async function outcome(reading: Promise<Found>): Promise<Found> {
  try {
    return await reading
  } catch (error) {
    if (error === LEFT) return { fault: 'left' }
    const origin = [error, (error as Error).cause].find((each) => each instanceof OriginError)
    return { fault: origin?.fault ?? String(error) }
  }
}

const LEFT = new Error('left')
const leaving = (after: number) => {
  const controller = new AbortController()
  setTimeout(() => controller.abort(LEFT), after)
  return controller.signal
}

const found: Record<string, Found> = {}
const keys = (await (await fetch(`${base}keys`)).text()).split(',')
await Promise.all([
  ...keys.map(async (key) => {
    found[key] = await outcome(key.startsWith('all of ') ? readAll(key) : read(key))
  }),
  ...['never', 'stall'].map(async (key) => {
    found[`${key}, left`] = await outcome(read(key, leaving(200)))
  }),
])

const opened = await patient.open('stall')
const stream = await opened?.read({ firstPos: 0, lastPos: (opened?.completeLength ?? 0) - 1 })
if (stream instanceof ReadableStream) await stream.cancel()
console.log(JSON.stringify(found))
