import type { HeldBlock } from './block-store.ts'

/** A block in memory. */
export class MemoryBlock implements HeldBlock {
  readonly bytes: Uint8Array<ArrayBuffer>

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes
  }

  readInto(target: Uint8Array<ArrayBuffer>, offset: number): number {
    const part = this.bytes.subarray(offset, offset + target.byteLength)
    target.set(part)
    return part.byteLength
  }

  release(): void {}
}
