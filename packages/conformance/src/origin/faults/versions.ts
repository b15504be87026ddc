import { bytesAt } from '../content.ts'
import { type Fault, somewhere } from './fault.ts'

/** Faults of the version: what the file is, and what the response says that it is. */
export const versionFaults = [
  {
    name: 'change',
    kind: 'permitted',
    text: 'The file becomes a new version, with a new ETag and date, before the response.',
    to: 'any',
    prepare: (file) => file.change(),
  },
  {
    name: 'change-cut',
    kind: 'broken',
    text: 'The file becomes a new version within the body, and the connection is reset there.',
    to: 'content',
    apply: (context) => {
      context.wire.stops = [{ at: somewhere(context), forMs: 0, outcome: 'reset' }]
      context.file.change()
    },
  },
  {
    name: 'no-etag',
    kind: 'permitted',
    text: 'No ETag, but Last-Modified.',
    to: 'any',
    apply: ({ answer: { fields } }) => {
      delete fields['ETag']
    },
  },
  {
    name: 'weak-etag',
    kind: 'permitted',
    text: 'The ETag is a weak one.',
    to: 'any',
    apply: ({ answer: { fields } }) => {
      if (fields['ETag'] !== undefined) fields['ETag'] = `W/${fields['ETag']}`
    },
  },
  {
    name: 'no-validators',
    kind: 'permitted',
    text: 'Neither ETag nor Last-Modified.',
    to: 'any',
    apply: ({ answer: { fields } }) => {
      delete fields['ETag']
      delete fields['Last-Modified']
    },
  },
  {
    name: 'change-silent',
    kind: 'silent',
    text: 'The file becomes a new version with the old ETag and date.',
    to: 'any',
    prepare: (file) => file.changeSilently(),
  },
  {
    name: 'torn',
    kind: 'silent',
    text: 'The second half of the body is of the next version.',
    to: 'range',
    apply: ({ answer, version, sent: { firstPos, lastPos } }) => {
      const middle = Math.floor((firstPos + lastPos) / 2)
      answer.body = [
        bytesAt(version, firstPos, middle),
        ...(middle < lastPos ? [bytesAt(version + 1, middle + 1, lastPos)] : []),
      ]
    },
  },
] as const satisfies readonly Fault[]
