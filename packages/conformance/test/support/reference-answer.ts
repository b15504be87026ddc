import { createHash } from 'node:crypto'
import { correctAnswer } from '../../src/origin/correct/answer.ts'

/** The representation that is served. */
export interface ReferenceFile {
  readonly bytes: Buffer
  readonly etag: string
  readonly lastModified: Date
}

export interface ReferenceRequest {
  readonly method: string
  readonly found: boolean
  /** Field names in lower case; repeated fields joined. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** A response; a test changes it to see that the checker notices. */
export interface ReferenceAnswer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/** The correct response to any request for one representation, with its bytes. */
export function referenceAnswer(
  { method, found, headers: fields }: ReferenceRequest,
  { bytes, ...validators }: ReferenceFile,
): ReferenceAnswer {
  const sha256 = () => createHash('sha256').update(bytes).digest('base64')
  const served = found ? { ...validators, completeLength: bytes.length, sha256 } : undefined
  const { status, fields: headers, body } = correctAnswer({ method, fields }, served)
  const parts = body.map((part) =>
    part instanceof Uint8Array ? part : bytes.subarray(part.firstPos, part.lastPos + 1),
  )
  return { status, headers, body: Buffer.concat(parts) }
}
