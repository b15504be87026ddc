import type {
  MaybePromise,
  OpenOptions,
  RangeSource,
  Representation,
  RepresentationInfo,
} from '@rangekit/range-core'

/** What is stored under a key, or how opening it fails. */
export interface Stored extends Partial<RepresentationInfo> {
  readonly text?: string
  readonly opens?: () => MaybePromise<Representation | undefined>
  readonly close?: () => void | Promise<void>
  /** Whether servers can read it into their own buffers. Default: true. */
  readonly hasReadInto?: boolean
}

/** The time of everything that is stored without one, and a time relative to it in seconds. */
export const at = (seconds: number) => new Date(Date.UTC(2024, 0, 1) + seconds * 1000)

/** A source of these keys that answers without a promise, and notes what is opened and closed, in this order. */
export function compressedShelf(stored: Readonly<Record<string, Stored>>) {
  const log: string[] = []
  const options: (OpenOptions | undefined)[] = []
  const source: RangeSource = {
    open(key, openOptions) {
      log.push(`open ${key}`)
      options.push(openOptions)
      const entry = stored[key]
      return entry && (entry.opens?.() ?? represent(key, entry))
    },
  }

  function represent(
    key: string,
    { text = `bytes of ${key}`, close, hasReadInto = true, ...info }: Stored,
  ): Representation {
    const bytes = new TextEncoder().encode(text)
    return {
      completeLength: bytes.byteLength,
      contentType: 'text/css',
      etag: { opaque: `tag of ${key}`.replaceAll(' ', '-'), weak: false },
      lastModified: at(0),
      ...info,
      read: ({ firstPos, lastPos }) => bytes.slice(firstPos, lastPos + 1),
      ...(hasReadInto && {
        readInto(target: Uint8Array<ArrayBuffer>, position: number) {
          const piece = bytes.subarray(position, position + target.byteLength)
          target.set(piece)
          return piece.byteLength
        },
      }),
      close() {
        log.push(`close ${key}`)
        return close?.()
      },
    }
  }

  /** How often each key was opened and closed: nothing may be left open. */
  const unbalanced = () => {
    const keys = new Set(log.map((entry) => entry.replace(/^\w+ /, '')))
    const count = (entry: string) => log.filter((other) => other === entry).length
    return [...keys].filter(
      (key) => stored[key] && !stored[key].opens && count(`open ${key}`) !== count(`close ${key}`),
    )
  }
  return { source, log, options, unbalanced }
}
