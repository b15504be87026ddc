import { gzipSync } from 'node:zlib'
import type { ByteRange } from '../../byte-range.ts'
import { bytesAt } from '../content.ts'
import { answer, contentRange, multipart } from '../correct/answer.ts'
import type { Fault, FaultContext } from './fault.ts'

/** By how many bytes a body is too long. */
const SURPLUS = 8

/** Faults of the range: what a 206 says that it has, and what it has. */
export const rangeFaults = [
  {
    name: 'ignore-range',
    kind: 'permitted',
    text: 'Range is ignored: a 200 with the whole file.',
    to: 'range',
    apply: ({ answer, file }) => {
      answer.status = 200
      delete answer.fields['Content-Range']
      replaceBody(answer, { firstPos: 0, lastPos: file.completeLength - 1 })
    },
  },
  {
    name: 'less',
    kind: 'permitted',
    text: 'A 206 with the first half of the range, whose Content-Range says so (9110 §15.3.7).',
    to: 'range',
    apply: ({ answer, file, sent: { firstPos, lastPos } }) => {
      const half = { firstPos, lastPos: Math.floor((firstPos + lastPos) / 2) }
      answer.fields['Content-Range'] = contentRange(half, file.completeLength)
      replaceBody(answer, half)
    },
  },
  {
    name: 'multipart',
    kind: 'permitted',
    text: 'multipart/byteranges for a single range.',
    to: 'range',
    apply: ({ answer, file, sent }) => {
      const { 'Content-Length': _, 'Content-Range': __, ...about } = answer.fields
      Object.assign(answer, multipart(about, [sent], file.completeLength))
    },
  },
  {
    name: 'chunked',
    kind: 'permitted',
    text: 'No Content-Length: the body is sent in chunks.',
    to: 'content',
    apply: ({ answer }) => {
      delete answer.fields['Content-Length']
    },
  },
  {
    name: 'gzip',
    kind: 'broken',
    text: 'The range is compressed on its way (Content-Encoding: gzip), whether the request permits that or not.',
    to: 'range',
    apply: ({ answer, version, sent }) => {
      answer.fields['Content-Encoding'] = 'gzip'
      replaceBody(answer, gzipSync(bytesAt(version, sent.firstPos, sent.lastPos), { level: 1 }))
    },
  },
  {
    name: 'wrong-range',
    kind: 'broken',
    text: 'A 206 with as many bytes of another position, whose Content-Range says so.',
    to: 'range',
    apply: (context) => {
      const { answer, file } = context
      const other = elsewhere(context)
      answer.fields['Content-Range'] = contentRange(other, file.completeLength)
      replaceBody(answer, other)
    },
  },
  {
    name: 'no-content-range',
    kind: 'broken',
    text: 'A 206 without Content-Range.',
    to: 'range',
    apply: ({ answer }) => {
      delete answer.fields['Content-Range']
    },
  },
  {
    name: 'other-length',
    kind: 'broken',
    text: 'Content-Range has another complete length.',
    to: 'range',
    apply: ({ answer, file, sent }) => {
      answer.fields['Content-Range'] = contentRange(sent, file.completeLength + 1)
    },
  },
  {
    name: 'short-length',
    kind: 'broken',
    text: 'Body and Content-Length are both shorter than Content-Range says.',
    to: 'range',
    apply: ({ answer, sent: { firstPos, lastPos } }) => {
      const middle = Math.floor((firstPos + lastPos) / 2)
      replaceBody(answer, middle > firstPos ? { firstPos, lastPos: middle } : new Uint8Array())
    },
  },
  {
    name: 'long-length',
    kind: 'broken',
    text: 'Body and Content-Length are both longer than Content-Range says.',
    to: 'range',
    apply: ({ answer, version, sent }) => {
      replaceBody(answer, sent, bytesAt(version, sent.lastPos + 1, sent.lastPos + SURPLUS))
    },
  },
  {
    name: '416',
    kind: 'broken',
    text: 'A 416 for a range that there is, with half the complete length.',
    to: 'range',
    apply: ({ answer: planned, file }) => {
      const half = Math.floor(file.completeLength / 2)
      Object.assign(planned, answer(416, { 'Content-Range': `bytes */${half}` }))
    },
  },
  {
    name: 'wrong-body',
    kind: 'silent',
    text: 'The right Content-Range, and a body of another position.',
    to: 'range',
    apply: (context) => replaceBody(context.answer, elsewhere(context)),
  },
] as const satisfies readonly Fault[]

function replaceBody(planned: FaultContext['answer'], ...body: FaultContext['answer']['body']): void {
  const { fields } = answer(planned.status, {}, body)
  Object.assign(planned.fields, fields)
  planned.body = body
}

/** A range of the same length at another position. */
function elsewhere({ sent: { firstPos, lastPos }, file, random }: FaultContext): ByteRange {
  const length = lastPos - firstPos + 1
  const positions = file.completeLength - length + 1
  const other = (firstPos + 1 + Math.floor(random() * (positions - 1))) % positions
  return { firstPos: other, lastPos: other + length - 1 }
}
