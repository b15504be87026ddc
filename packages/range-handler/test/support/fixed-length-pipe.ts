/** A stand-in for workerd's FixedLengthStream: passes on exactly so many bytes, or breaks. */
export class FixedLengthPipe extends TransformStream<Uint8Array, Uint8Array<ArrayBuffer>> {
  constructor(expectedLength: number) {
    let missing = expectedLength
    super({
      transform(chunk, controller) {
        missing -= chunk.byteLength
        if (missing < 0) throw new TypeError('Attempt to write too many bytes')
        controller.enqueue(new Uint8Array(chunk))
      },
      flush() {
        if (missing > 0) throw new TypeError('FixedLengthStream did not see all expected bytes')
      },
    })
  }
}
