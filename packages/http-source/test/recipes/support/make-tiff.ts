const LONG = 4

/** A grey TIFF, not compressed, in strips of `rows` rows: what geotiff writes itself is a single strip. */
export function makeTiff(pixels: Uint8Array, width: number, rows: number): Uint8Array<ArrayBuffer> {
  const height = pixels.length / width
  const strips = Array.from({ length: Math.ceil(height / rows) }, (_, index) => index * rows * width)
  // Width, height, bits, no compression, black is 0, where strips begin, samples, rows, and bytes of each strip.
  const tags: readonly (readonly [tag: number, values: readonly number[] | 'strips'])[] = [
    [256, [width]],
    [257, [height]],
    [258, [8]],
    [259, [1]],
    [262, [1]],
    [273, 'strips'],
    [277, [1]],
    [278, [rows]],
    [279, strips.map((start) => Math.min(rows * width, pixels.length - start))],
  ]
  const listsAt = 8 + 2 + tags.length * 12 + 4
  const pixelsAt = listsAt + 2 * strips.length * 4
  const file = new Uint8Array(pixelsAt + pixels.length)
  file.set(pixels, pixelsAt)
  const view = new DataView(file.buffer)
  view.setUint16(0, 0x4949)
  view.setUint16(2, 42, true)
  view.setUint32(4, 8, true)
  view.setUint16(8, tags.length, true)
  let listAt = listsAt
  for (const [index, [tag, given]] of tags.entries()) {
    const values = given === 'strips' ? strips.map((start) => pixelsAt + start) : given
    const at = 10 + index * 12
    view.setUint16(at, tag, true)
    view.setUint16(at + 2, LONG, true)
    view.setUint32(at + 4, values.length, true)
    view.setUint32(at + 8, values.length === 1 ? (values[0] ?? 0) : listAt, true)
    if (values.length === 1) continue
    for (const value of values) {
      view.setUint32(listAt, value, true)
      listAt += 4
    }
  }
  return file
}
