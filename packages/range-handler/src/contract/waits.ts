import type { SourceHarness } from './harness.ts'

/** Something that is waited for, by name. */
export type Wait = readonly [name: string, waiting: Promise<unknown>]

/** How long a wait must last at least to be one, in milliseconds. */
const PAUSE = 30

/** @throws Error if one of these is over soon. */
export async function expectPending(waits: readonly Wait[]): Promise<void> {
  const over = waits.map(async ([name, waiting]) => {
    await waiting.catch(() => undefined)
    return name
  })
  const pause = new Promise<undefined>((resolve) => setTimeout(resolve, PAUSE))
  const name = await Promise.race([...over, pause])
  if (name !== undefined) throw new Error(`${name} did not wait for a byte that is still to come`)
}

/** @throws Error if it takes longer than the harness is patient, or what it rejects with. */
export async function within<T>(
  { patience = 5000 }: SourceHarness,
  [name, waiting]: readonly [string, Promise<T>],
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} still waited after ${patience} ms`)), patience)
  })
  try {
    return await Promise.race([waiting, late])
  } finally {
    clearTimeout(timer)
  }
}

/** @throws Error unless it fails in time. */
export async function expectFailure(harness: SourceHarness, [name, waiting]: Wait): Promise<void> {
  const failed = waiting.then(
    () => false,
    () => true,
  )
  if (!(await within(harness, [name, failed]))) throw new Error(`${name} did not fail`)
}
