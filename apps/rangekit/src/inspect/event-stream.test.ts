import { expect, it, vi } from 'vitest'
import { fakeTransfer } from '../../test/support/fake-transfer.ts'
import { eventStream } from './event-stream.ts'
import { TransferHub } from './hub.ts'
import { MAX_RECORDS } from './watches.ts'

/** The stream of some keys, and of no folder. */
function streamOf(hub: TransferHub, keys: Iterable<string>) {
  return eventStream(
    { keys: new Set(keys), folders: new Set(), growing: new Set() },
    {
      hub,
      stopping: new AbortController().signal,
      until: Number.POSITIVE_INFINITY,
      onEnd() {},
      watchFolder: () => () => {},
      growth: { listen: () => () => {} },
    },
  )
}

it('a reader that has fallen behind gets what is true now, not all that it has missed', async () => {
  const hub = new TransferHub()
  let change = (_version: string) => {}
  const onEnd = vi.fn()
  const stream = eventStream(
    { keys: new Set(['a.mp4']), folders: new Set(['films']), growing: new Set(['b.mp4']) },
    {
      hub,
      growth: {
        listen(key, listener) {
          listener({ key, frontier: 7, state: 'growing' })
          return () => {}
        },
      },
      stopping: new AbortController().signal,
      until: Number.POSITIVE_INFINITY,
      onEnd,
      watchFolder(_, onChange) {
        change = onChange
        return () => {}
      },
    },
  )
  for (let count = 0; count < 10_000; count++) change(`${'x'.repeat(100)} ${count}`)
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes(' 9999"')) text += (await reader.read()).value
  while (!text.includes('event: growth')) text += (await reader.read()).value
  expect(text).toContain('data: {"key":"b.mp4","frontier":7,"state":"growing"}')
  // Far less than the megabyte that was missed.
  expect(text.length).toBeLessThan(200_000)
  await reader.cancel()
  expect(onEnd).toHaveBeenCalledOnce()
})

it('hands out what is kept as fast as it is read, in small pieces', async () => {
  const hub = new TransferHub()
  const keys = Array.from({ length: 32 }, (_, index) => `${index}.mp4`)
  for (const key of keys) {
    hub.expect(key)
    for (let count = 0; count < MAX_RECORDS; count++) {
      hub.onTransfer({
        ...fakeTransfer(key, { Range: 'x'.repeat(200) }),
        outcome: { kind: 'complete' },
      })
    }
  }
  const reader = streamOf(hub, keys).getReader()
  const begun = new Set<string>()
  while (begun.size < keys.length * MAX_RECORDS) {
    const { value = new Uint8Array() } = await reader.read()
    expect(value.byteLength).toBeLessThan(64 * 1024)
    const data = /^data: (.*)$/m.exec(new TextDecoder().decode(value))?.[1]
    for (const { id } of JSON.parse(data ?? '{}').begun ?? []) begun.add(id)
  }
  await reader.cancel()
})

it('shows that it is alive every 15 seconds', async () => {
  vi.useFakeTimers()
  try {
    const reader = streamOf(new TransferHub(), []).pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toBe('retry: 2000\n\n')
    vi.advanceTimersByTime(15_000)
    expect((await reader.read()).value).toMatch(/^: .*\n\n$/)
    await reader.cancel()
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
