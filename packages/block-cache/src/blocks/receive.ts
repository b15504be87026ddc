import type { ByteRange, Representation } from '@rangekit/range-core'
import { byteLength } from '@rangekit/range-core'
import type { Block } from './block.ts'

/** Where bytes go. */
export interface Receiver {
  readonly signal: AbortSignal
  /** The block that comes next; `undefined` if no more is wanted. */
  next(): Block | undefined
  /** Bytes were written behind those of a block. */
  advance(block: Block, count: number): void
}

/**
 * Reads a range into blocks, each piece as it comes. It may end early: when no more is wanted, or when the source does.
 *
 * @throws what the source throws; Error if it gives too much. After an abort nothing is written any more.
 */
export async function receive(
  representation: Representation,
  range: ByteRange,
  receiver: Receiver,
): Promise<void> {
  if (representation.readInto !== undefined) return fill(representation, range, receiver)
  const bytes = await representation.read(range, receiver)
  if (bytes instanceof Uint8Array) return append(bytes, byteLength(range), receiver)
  const reader = (bytes instanceof Blob ? bytes.stream() : bytes).getReader()
  const cancel = () => reader.cancel(receiver.signal.reason).catch(() => undefined)
  receiver.signal.addEventListener('abort', cancel)
  try {
    let missing = byteLength(range)
    while (receiver.next() !== undefined) {
      const { done, value } = await reader.read()
      if (done) break
      append(value, missing, receiver)
      missing -= value.byteLength
    }
  } finally {
    receiver.signal.removeEventListener('abort', cancel)
    await cancel()
  }
}

async function fill(
  representation: Representation,
  { firstPos }: ByteRange,
  receiver: Receiver,
): Promise<void> {
  let position = firstPos
  for (let block = receiver.next(); block !== undefined; block = receiver.next()) {
    const space = block.bytes.subarray(block.filled)
    const count = (await representation.readInto?.(space, position, receiver)) ?? 0
    if (count === 0 || receiver.next() !== block) return
    position += count
    receiver.advance(block, count)
  }
}

function append(bytes: Uint8Array, missing: number, receiver: Receiver): void {
  if (bytes.byteLength > missing) throw new Error('The source went on past the end of a range')
  for (let at = 0; at < bytes.byteLength; ) {
    const block = receiver.next()
    if (block === undefined) return
    const piece = bytes.subarray(at, at + block.length - block.filled)
    block.bytes.set(piece, block.filled)
    receiver.advance(block, piece.byteLength)
    at += piece.byteLength
  }
}
