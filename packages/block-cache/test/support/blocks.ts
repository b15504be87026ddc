import type { BlockId, BlockStore } from '../../src/block-store.ts'

/** Names a block of one version. */
export function blockId(index: number, length = 100, version = 'v1'): BlockId {
  return { version, index, length }
}

/** The bytes of a block: each shows its version, its block and its position. */
export function blockBytes({ version, index, length }: BlockId): Uint8Array<ArrayBuffer> {
  let seed = index * 7919
  for (const letter of version) seed = (seed * 31 + letter.charCodeAt(0)) % 65_521
  const bytes = new Uint8Array(length)
  for (let position = 0; position < length; position++)
    bytes[position] = (seed + position * 13 + (position >> 8)) % 251
  return bytes
}

/** Keeps a block, and waits until it is written. */
export async function keep(store: BlockStore, id: BlockId): Promise<void> {
  await store.put(id, blockBytes(id))
}

/** All bytes of a block, read in pieces; `undefined` if it is not kept. */
export async function readBlock(
  store: BlockStore,
  id: BlockId,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const block = await store.take(id)
  if (block === undefined) return undefined
  try {
    const bytes = new Uint8Array(id.length)
    let filled = 0
    while (filled < id.length) {
      const count = await block.readInto(bytes.subarray(filled, filled + 70_000), filled)
      if (count === 0) throw new Error(`The block ended at ${filled}`)
      filled += count
    }
    return bytes
  } finally {
    block.release()
  }
}

/** Whether a block is kept. Throws if any of its bytes is wrong. */
export async function isKept(store: BlockStore, id: BlockId): Promise<boolean> {
  const bytes = await readBlock(store, id)
  if (bytes === undefined) return false
  if (Buffer.compare(bytes, blockBytes(id)) !== 0) throw new Error(`Wrong bytes in block ${id.index}`)
  return true
}

/** Which of these blocks are kept, by their index. */
export async function keptOf(store: BlockStore, ids: readonly BlockId[]): Promise<number[]> {
  const kept: number[] = []
  for (const id of ids) if (await isKept(store, id)) kept.push(id.index)
  return kept
}
