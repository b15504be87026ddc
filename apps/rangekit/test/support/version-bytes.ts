import { positionBytes } from '@rangekit/test-kit/bytes'

/** Bytes that show their own position and a version from 0 to 254: no byte is the same in two versions. */
export function versionOf(version: number, length: number): Uint8Array<ArrayBuffer> {
  return positionBytes(length).map((byte) => byte ^ (version + 1))
}
