/**
 * A PDF whose pages say their number, each with some kilobytes of comments.
 *
 * @param filler bytes of comments on each page.
 */
export function makePdf(pages: number, filler: number): Uint8Array<ArrayBuffer> {
  // Catalog, tree and font are 1 to 3; then come all pages, and then what is on each.
  const numbers = Array.from({ length: pages }, (_, index) => 4 + index)
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages} /Kids [${numbers.map((number) => `${number} 0 R`).join(' ')}] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...numbers.map(
      (number) =>
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> >> /Contents ${number + pages} 0 R >>`,
    ),
    ...numbers.map((_, index) => {
      const content = `BT /F 24 Tf 72 720 Td (Page ${index + 1}) Tj ET\n%${'x'.repeat(filler)}`
      return `<< /Length ${content.length} >>\nstream\n${content}\nendstream`
    }),
  ]
  let text = '%PDF-1.7\n'
  const positions = objects.map((object, index) => {
    const position = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return `${String(position).padStart(10, '0')} 00000 n \n`
  })
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${positions.join('')}`
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`
  return new TextEncoder().encode(text + table + trailer)
}
