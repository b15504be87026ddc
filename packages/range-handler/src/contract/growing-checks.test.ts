import { describe } from 'vitest'
import { type Broken, GrowingShelf, itFails } from '../../test/support/shelf.ts'
import { streamOf } from '../../test/support/sources.ts'

const never = () => new Promise<never>(() => {})
const zeros = (length: number) => new Uint8Array(length)

/** A promise, what a source does instead, the check that fails then, and what it says. */
type Change = ConstructorParameters<typeof GrowingShelf>[0]
const BROKEN: readonly (readonly [string, Change, string, string])[] = [
  [
    'news of its frontier',
    (good) => ({ frontier: good.frontier }),
    'knows how many bytes are there, and whether more will come',
    'Expected 100004 of 300001 bytes, got 100003 of 300001 bytes',
  ],
  [
    'news of its end',
    () => ({ isComplete: false }),
    'knows how many bytes are there, and whether more will come',
    'Expected all of 300001 bytes, got 300001 of 300001 bytes',
  ],
  [
    'bytes that are there',
    () => ({ read: never }),
    'gives what is there without waiting for the rest',
    'A reader of what is there still waited after 50 ms',
  ],
  [
    'no bytes beyond the frontier',
    () => ({ readInto: (target) => target.fill(1).byteLength }),
    'gives what is there without waiting for the rest',
    'readInto where 5 bytes are there resolved to 1000',
  ],
  [
    'a stream that waits',
    () => ({ read: ({ firstPos, lastPos }) => streamOf([zeros(lastPos - firstPos + 1)]) }),
    'waits for what is still to come',
    'read did not wait for a byte that is still to come',
  ],
  [
    'a readInto that waits',
    () => ({ readInto: () => 1 }),
    'waits for what is still to come',
    'readInto did not wait for a byte that is still to come',
  ],
  [
    'a whenThere that waits',
    () => ({ whenThere: () => undefined }),
    'waits for what is still to come',
    'whenThere did not wait for a byte that is still to come',
  ],
  [
    'waking a reader at the next byte',
    () => ({ readInto: never }),
    'waits for what is still to come',
    'readInto still waited after 50 ms',
  ],
  [
    'the bytes that were written',
    (good) => ({
      async readInto(target, position) {
        await good.whenThere?.(position)
        return Math.min(target.byteLength, 300_001 - position)
      },
    }),
    'gives the right bytes, and no others, to readers that follow its writer',
    'expected',
  ],
  [
    'a wait that ends with its signal',
    (good) => ({ whenThere: (position) => good.whenThere?.(position) }),
    'ends a wait when its signal is aborted',
    'whenThere with a signal that was aborted before it waited still waited after 50 ms',
  ],
  [
    'a stream that ends with its signal',
    (good) => ({ read: (range) => good.read(range) }),
    'ends a wait when its signal is aborted',
    'read with a signal that was aborted before it waited still waited after 50 ms',
  ],
  [
    'a stream at once, although its bytes are still to come',
    () => ({ read: never }),
    'ends the wait of a stream that is cancelled',
    'read of what is still to come still waited after 50 ms',
  ],
  [
    'a failure when the writer fails',
    (good, bytes) => ({
      async whenThere(position) {
        await bytes.whenThere(position)?.catch(() => undefined)
      },
      ...(good.readInto && { readInto: good.readInto }),
    }),
    'fails readers that wait when its writer fails',
    'whenThere of a byte that never came did not fail',
  ],
  [
    'one entity tag',
    (_, bytes) => ({ etag: { opaque: String(bytes.frontier), weak: false } }),
    'keeps its entity tag',
    'Expected the entity tag {"opaque":"100003","weak":false}, got {"opaque":"300000","weak":false}',
  ],
]

describe('growingChecks', () => {
  itFails(
    BROKEN.map(
      ([promise, change, check, message]): Broken => [
        promise,
        new GrowingShelf(change),
        `${check}, if it grows and has a known length`,
        message,
      ],
    ),
  )
})
