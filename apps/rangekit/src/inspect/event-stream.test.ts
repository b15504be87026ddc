import { expect, it, vi } from 'vitest'
import { eventStream } from './event-stream.ts'
import { TransferHub } from './hub.ts'

it('a reader that has fallen behind gets what is true now, not all that it has missed', async () => {
  const hub = new TransferHub()
  let change = (_version: string) => {}
  const onEnd = vi.fn()
  const stream = eventStream(
    { keys: new Set(['a.mp4']), folders: new Set(['films']) },
    {
      hub,
      stopping: new AbortController().signal,
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
  // Far less than the megabyte that was missed.
  expect(text.length).toBeLessThan(200_000)
  await reader.cancel()
  expect(onEnd).toHaveBeenCalledOnce()
})

it('shows that it is alive every 15 seconds', async () => {
  vi.useFakeTimers()
  try {
    const stream = eventStream(
      { keys: new Set(), folders: new Set() },
      {
        hub: new TransferHub(),
        stopping: new AbortController().signal,
        onEnd() {},
        watchFolder: () => () => {},
      },
    )
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toBe('retry: 2000\n\n')
    vi.advanceTimersByTime(15_000)
    expect((await reader.read()).value).toMatch(/^: .*\n\n$/)
    await reader.cancel()
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
