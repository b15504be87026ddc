import { expect, it, vi } from 'vitest'
import { expectFilm, FILM, growingFolder, NAME, readAll } from '../../test/support/growing.ts'
import { fileSource } from '../file-source.ts'

const READERS = 1000
const calls = vi.hoisted(() => ({ watch: 0, fstat: 0, open: 0 }))
const system = vi.hoisted(() => ({ isRemote: false }))

vi.mock('node:fs', async (importActual) => {
  const actual = await importActual<typeof import('node:fs')>()
  const counted = <T extends keyof typeof calls>(name: T) =>
    new Proxy(actual[name], {
      apply(target, self, args) {
        calls[name]++
        return Reflect.apply(target, self, args)
      },
    })
  return { ...actual, watch: counted('watch'), fstat: counted('fstat'), open: counted('open') }
})
vi.mock('../read/remote-file-system.ts', () => ({ isRemote: async () => system.isRemote }))

/** Readers that wait for the last bytes of a film, and what the wait costs a second. */
async function waiting(isRemote: boolean) {
  system.isRemote = isRemote
  const film = growingFolder()
  film.declare()
  film.grow(1000)
  const representations = await Promise.all(Array.from({ length: READERS }, () => film.open()))
  const firstPos = FILM.byteLength - 1000
  const readings = representations.map((one) => readAll(one, { firstPos, lastPos: FILM.byteLength - 1 }))
  // The first looks are those of the requests.
  await new Promise((resolve) => setTimeout(resolve, 300))
  return { film, readings, firstPos }
}

it.each([
  ['share a descriptor, a watcher, and looks while it is written', false, 1],
  ['look four times a second where the file system does not tell of changes', true, 0],
])('1,000 readers that wait for a file %s', async (_, isRemote, watchers) => {
  calls.watch = 0
  const { film, readings, firstPos } = await waiting(isRemote)
  expect([film.openDescriptors(), calls.watch]).toEqual([1, watchers])
  calls.fstat = 0
  const [began, before] = [performance.now(), process.cpuUsage()]
  for (let to = 1000; performance.now() - began < 1000; to += 100) {
    film.grow(to)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const seconds = (performance.now() - began) / 1000
  const { user, system: kernel } = process.cpuUsage(before)
  expect(calls.fstat).toBeLessThanOrEqual(Math.ceil(seconds * (isRemote ? 4 : 20)))
  expect(calls.fstat).toBeGreaterThan(1)
  expect(calls.watch).toBe(watchers)
  // 40 to 75 where it was measured, the writer's part included.
  expect((user + kernel) / 1000 / seconds).toBeLessThan(500)
  film.grow()
  film.finish()
  for (const bytes of await Promise.all(readings)) expectFilm(bytes, firstPos)
})

it('a request for an open file costs no call more, and one for a missing file three opens', async () => {
  system.isRemote = false
  const film = growingFolder()
  const callsOf = async (key: string, source = film.source) => {
    Object.assign(calls, { watch: 0, fstat: 0, open: 0 })
    await (await source.open(key))?.close()
    return { ...calls }
  }
  expect((await callsOf('missing')).open).toBe(4)
  film.put(NAME, FILM)
  film.age(NAME, 100)
  const source = fileSource(film.path, { growing: true })
  // The file itself. Whether aria2 has a control file for it, the path tells.
  expect((await callsOf(NAME, source)).open).toBe(1)
  // The first read decides that the calling thread may ask the descriptor.
  await readAll((await source.open(NAME)) ?? (await film.open()))
  expect(await callsOf(NAME, source)).toEqual({ watch: 0, fstat: 0, open: 0 })
})
