import { afterEach, beforeEach, expect, it, vi } from 'vitest'

let log: ReturnType<typeof vi.spyOn>
let logFault: typeof import('./fault-log.ts').logFault
let SourceBusyError: typeof import('@rangekit/range-core').SourceBusyError

beforeEach(async () => {
  vi.useFakeTimers({ now: 1_000_000 })
  vi.resetModules()
  ;({ logFault } = await import('./fault-log.ts'))
  ;({ SourceBusyError } = await import('@rangekit/range-core'))
  log = vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const lines = () => log.mock.calls.map(([line]: readonly unknown[]) => line)
const busy = (code: string) =>
  new SourceBusyError('No file can be opened just now', { cause: Object.assign(new Error(code), { code }) })

it('writes every fault unchanged', () => {
  const error = new Error('read failed')
  for (let round = 0; round < 3; round++) logFault(error)
  logFault('text')
  expect(lines()).toEqual([error, error, error, 'text'])
})

it('writes one line a second about a busy source, with the number of lines left out', () => {
  for (let round = 0; round < 500; round++) logFault(busy('EMFILE'))
  vi.advanceTimersByTime(999)
  logFault(busy('EMFILE'))
  vi.advanceTimersByTime(1)
  for (let round = 0; round < 500; round++) logFault(busy('ENFILE'))
  vi.advanceTimersByTime(60_000)
  logFault(new SourceBusyError('The object was replaced'))
  vi.advanceTimersByTime(1000)
  logFault(new SourceBusyError('The object was replaced'))
  expect(lines()).toEqual([
    'SourceBusyError: No file can be opened just now (EMFILE)',
    'SourceBusyError: No file can be opened just now (ENFILE), and 500 more since the last such line',
    'SourceBusyError: The object was replaced, and 499 more since the last such line',
    'SourceBusyError: The object was replaced',
  ])
})

it('writes one line even if the message has line breaks', () => {
  logFault(new SourceBusyError('Gone: a\r\nb\nc'))
  expect(lines()).toEqual(['SourceBusyError: Gone: a b c'])
})

it('goes on writing after the clock was set back', () => {
  logFault(busy('EMFILE'))
  vi.setSystemTime(0)
  logFault(busy('EMFILE'))
  expect(lines()).toHaveLength(2)
})
