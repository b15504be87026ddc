import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import type { Origin } from '../../src/origin/origin.ts'
import { OriginError } from '../../src/origin/origin-error.ts'
import type { OriginVersion } from '../../src/origin/origin-version.ts'
import type { Stored } from './origin-server.ts'

export const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT'
/** What the origins of these tests have. */
export const FILM = {
  bytes: positionBytes(300_001),
  fields: { etag: '"one"', 'last-modified': DATE, 'content-type': 'video/mp4' },
} satisfies Stored

/** What an origin has at a URL where there is something. */
export async function described(origin: Origin, url: string): Promise<OriginVersion> {
  const version = await origin.describe(url)
  if (version === undefined) throw new Error(`Nothing is at ${url}`)
  return version
}

/** All bytes of a range, read as a stream. */
export async function readAll(
  origin: Origin,
  version: OriginVersion,
  firstPos = 0,
  lastPos = version.completeLength - 1,
): Promise<Uint8Array> {
  return new Response(await origin.read(version, { firstPos, lastPos })).bytes()
}

/** The error with which something ends. */
export async function faultOf(work: Promise<unknown>): Promise<Pick<OriginError, 'fault' | 'status'>> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof OriginError)) throw error
    return { fault: error.fault, status: error.status }
  }
  throw new Error('Expected an OriginError, got none')
}

/** @throws Error if bytes differ. Quicker than an `expect` of all of them. */
export function expectSame(found: Uint8Array, expected: Uint8Array): void {
  if (!sameBytes(found, expected)) {
    throw new Error(`Expected ${expected.byteLength} bytes, got ${found.byteLength}, or others`)
  }
}
