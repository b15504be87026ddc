import { afterAll, beforeAll } from 'vitest'
import { makeFolder, type TestFolder } from './folder.ts'

/**
 * Makes something before the tests of this file or `describe`, and ends it after them.
 *
 * @param end undoes `make`; the fixture that was made last ends first.
 * @param timeout milliseconds that `make` may take. Default: `hookTimeout` of the configuration.
 * @returns a stand-in for what is made. Reading a property of it before `make` is done throws.
 */
export function shared<T extends object>(
  make: () => T | Promise<T>,
  end: (made: T) => unknown,
  timeout?: number,
): T {
  let made: T | undefined
  beforeAll(async () => {
    made = await make()
  }, timeout)
  afterAll(async () => {
    if (made !== undefined) await end(made)
  })
  return new Proxy<T>(Object.create(null), {
    get(_, property) {
      if (made === undefined) throw new Error(`Read before it was made: ${String(property)}`)
      return Reflect.get(made, property)
    },
  })
}

/** A temporary folder for the tests of this file or `describe`. */
export function sharedFolder(fill: (folder: TestFolder) => unknown = () => {}): TestFolder {
  const make = async () => {
    const folder = makeFolder()
    await fill(folder)
    return folder
  }
  return shared(make, (folder) => folder.remove())
}

/** A server for the tests of this file or `describe`. It starts after the fixtures that were declared before it. */
export function sharedServer<T extends { stop(): Promise<unknown> }>(
  start: () => Promise<T>,
  timeout?: number,
): T {
  return shared(start, (server) => server.stop(), timeout)
}
