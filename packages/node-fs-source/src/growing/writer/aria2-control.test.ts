import { expect, it } from 'vitest'
import { readAria2Control } from './aria2-control.ts'

interface Piece {
  readonly index: number
  readonly bitfield: readonly number[]
}

/** A control file as aria2 1.37 writes it. */
function control(
  bitfield: readonly number[],
  {
    version = 1,
    infoHash = 0,
    pieceLength = 1_048_576,
    completeLength = 20_000_000,
    inFlight = [] as readonly Piece[],
  } = {},
): Uint8Array {
  const bytes: number[] = []
  const push = (value: number, length: number) => {
    for (let shift = length - 1; shift >= 0; shift--) bytes.push(Math.floor(value / 256 ** shift) % 256)
  }
  push(version, 2)
  push(0, 4)
  push(infoHash, 4)
  push(0, infoHash)
  push(pieceLength, 4)
  push(completeLength, 8)
  push(0, 8)
  push(bitfield.length, 4)
  bytes.push(...bitfield)
  push(inFlight.length, 4)
  for (const piece of inFlight) {
    push(piece.index, 4)
    push(pieceLength, 4)
    push(piece.bitfield.length, 4)
    bytes.push(...piece.bitfield)
  }
  return Uint8Array.from(bytes)
}

it.each([
  ['nothing', [0, 0, 0], 0],
  ['the first piece', [0x80, 0, 0], 1_048_576],
  ['pieces with a gap before them', [0x7f, 0xff, 0xff], 0],
  ['nine pieces in sequence, and others', [0xff, 0x8f, 0xff], 9 * 1_048_576],
  ['all pieces, of which the last one is shorter', [0xff, 0xff, 0xf0], 20_000_000],
])('of a download that has %s', (_, bitfield, frontier) => {
  expect(readAria2Control(control(bitfield))).toEqual({ completeLength: 20_000_000, frontier })
})

it('counts the blocks at the beginning of the piece that comes next', () => {
  const inFlight = [
    { index: 5, bitfield: [0xff] },
    { index: 1, bitfield: [0xe1, 0, 0, 0, 0, 0, 0, 0] },
  ]
  expect(readAria2Control(control([0x80, 0, 0], { inFlight }))).toEqual({
    completeLength: 20_000_000,
    frontier: 1_048_576 + 3 * 16_384,
  })
})

it('skips the hash of a torrent', () => {
  expect(readAria2Control(control([0x80, 0, 0], { infoHash: 20 }))?.frontier).toBe(1_048_576)
})

it('knows nothing of another version, or of one that is damaged', () => {
  const whole = control([0xff, 0xff, 0xf0], { inFlight: [{ index: 3, bitfield: [0xff] }] })
  expect(readAria2Control(control([0xff], { version: 0 }))).toBeUndefined()
  expect(readAria2Control(control([0xff], { pieceLength: 0 }))).toBeUndefined()
  expect(readAria2Control(new Uint8Array(100).fill(0xff))).toBeUndefined()
  for (let length = 0; length < whole.length - 13; length++) {
    expect(readAria2Control(whole.subarray(0, length)), `${length}`).toBeUndefined()
  }
})
