import type {
  ByteRange,
  RangeBytes,
  RangeSource,
  ReadOptions,
  Representation,
  RepresentationInfo,
  Segment,
} from '@rangekit/range-core'
import type { DeferredBody } from '../../src/body/deferred-body.ts'
import { OpenRepresentation } from '../../src/body/open-representation.ts'

/** How a representation under test differs from a good one. */
export interface Behaviour extends Partial<RepresentationInfo> {
  readonly read?: (range: ByteRange, options?: ReadOptions) => RangeBytes | Promise<RangeBytes>
  readonly readInto?: NonNullable<Representation['readInto']>
  readonly close?: () => void | Promise<void>
}

export interface Counted extends Representation {
  /** What was done with it, in order. */
  readonly log: readonly string[]
}

/** A representation of `data` that keeps a log of what is done with it. */
export function countedRepresentation(data: Uint8Array<ArrayBuffer>, behaviour: Behaviour = {}): Counted {
  const log: string[] = []
  const {
    read = ({ firstPos, lastPos }: ByteRange) => data.slice(firstPos, lastPos + 1),
    close,
    ...info
  } = behaviour
  return {
    completeLength: data.byteLength,
    ...info,
    log,
    read(range, options) {
      log.push(`read ${range.firstPos}-${range.lastPos}`)
      return read(range, options)
    },
    close() {
      log.push('close')
      return close?.()
    },
  }
}

/** A source that has this representation under every key. */
export function sourceOf(representation: Representation): RangeSource {
  return { open: async () => representation }
}

/** A stream of these pieces, one per pull; an Error makes it fail. */
export function streamOf(
  pieces: ReadonlyArray<Uint8Array<ArrayBuffer> | Error>,
  onCancel: (reason: unknown) => void = () => {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const left = [...pieces]
  return new ReadableStream(
    {
      pull(controller) {
        const piece = left.shift()
        if (piece instanceof Error) controller.error(piece)
        else if (piece === undefined) controller.close()
        else controller.enqueue(piece)
      },
      cancel: onCancel,
    },
    { highWaterMark: 0 },
  )
}

/** A body of these segments, and the faults that it reports. */
export function deferredBody(segments: readonly Segment[], opened: Representation) {
  const faults: unknown[] = []
  const body: DeferredBody = {
    plan: { status: 200, headers: {}, segments },
    representation: new OpenRepresentation(opened),
    onError: (error) => void faults.push(error),
  }
  return { body, faults }
}

/** A segment that is a range of the representation; both ends are inclusive. */
export function range(firstPos: number, lastPos: number): Segment {
  return { kind: 'range', range: { firstPos, lastPos } }
}

/** A segment of these characters. */
export function literal(text: string): Segment {
  return { kind: 'bytes', bytes: new TextEncoder().encode(text) }
}
