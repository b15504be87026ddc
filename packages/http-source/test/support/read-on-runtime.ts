// Reads an origin on any runtime, and prints what came of it as JSON. Imports nothing that a runtime may not have.
import { httpSource, OriginError } from '../../src/index.ts'

const [base = ''] = (globalThis.process?.argv ?? []).slice(2)
const patient = httpSource(base, { retries: 1 })
const hasty = httpSource(base, { retries: 1, timeout: 300 })

interface Found {
  readonly length?: number
  readonly sum?: number
  readonly fault?: string
  readonly coding?: string
}

/** Length and sum of the bytes of a key, or the fault. */
async function read(key: string, signal?: AbortSignal): Promise<Found> {
  const source = signal === undefined && /^(never|stall)$/.test(key) ? hasty : patient
  try {
    const opened = await source.open(key, { signal })
    if (opened === undefined) return { fault: 'missing' }
    const coding = opened.fields?.['Content-Encoding']
    const bytes = await opened.read({ firstPos: 0, lastPos: opened.completeLength - 1 }, { signal })
    const whole = new Uint8Array(await new Response(bytes).arrayBuffer())
    const sum = whole.reduce((sum, byte) => sum + byte, 0)
    return { length: whole.byteLength, sum, ...(coding !== undefined && { coding }) }
  } catch (error) {
    if (error === LEFT) return { fault: 'left' }
    const { cause = error } = error as Error
    return { fault: cause instanceof OriginError ? cause.fault : String(error) }
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
    found[key] = await read(key)
  }),
  ...['never', 'stall'].map(async (key) => {
    found[`${key}, left`] = await read(key, leaving(200))
  }),
])

const opened = await patient.open('stall')
const stream = await opened?.read({ firstPos: 0, lastPos: (opened?.completeLength ?? 0) - 1 })
if (stream instanceof ReadableStream) await stream.cancel()
console.log(JSON.stringify(found))
