/** A download of a file that may still be written. */
export interface Watched {
  /** How many bytes have come by now. */
  readonly length: number
  /** All of them, at the end. */
  readonly whole: Promise<Uint8Array>
}

/**
 * Begins to download a file.
 *
 * @throws Error if the answer is not 200.
 */
export async function watchFile(url: string): Promise<Watched> {
  const response = await fetch(url)
  if (response.status !== 200) throw new Error(`${url} is answered with ${response.status}`)
  const pieces: Uint8Array[] = []
  let length = 0
  const read = async () => {
    for await (const piece of response.body ?? []) {
      pieces.push(piece)
      length += piece.byteLength
    }
    return Buffer.concat(pieces)
  }
  const whole = read()
  // Whoever waits for it later learns of its failure.
  whole.catch(() => {})
  return {
    get length() {
      return length
    },
    whole,
  }
}
