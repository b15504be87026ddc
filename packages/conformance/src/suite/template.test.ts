import { describe, expect, it } from 'vitest'
import type { Subject } from '../subject/subject.ts'
import { expand } from './template.ts'

const subject: Subject = {
  target: { host: 'localhost', port: 80 },
  protocol: 'http/1.1',
  host: 'localhost',
  path: '/a.bin?x=1',
  completeLength: 1001,
  currentLength: 1001,
  samples: [{ firstPos: 0, bytes: Buffer.alloc(1001) }],
  headers: [],
  etag: { text: 'W/"aB1"', opaque: 'aB1', weak: true },
  lastModified: new Date('1994-11-06T08:49:37Z'),
  date: new Date('2024-02-29T00:00:00Z'),
  offers: {
    ranges: true,
    multipart: true,
    ifMatch: true,
    ifNoneMatch: true,
    ifModifiedSince: true,
    ifUnmodifiedSince: true,
  },
  missingStatus: 404,
  notes: [],
}

describe('expand', () => {
  it.each([
    ['bytes={half}-{last}', 'bytes=500-1000'],
    ['{length},{length+5},{last-1}', '1001,1006,999'],
    ['{etag} {opaque} {strongEtag} {weakEtag}', 'W/"aB1" aB1 "aB1" W/"aB1"'],
    ['{swappedCase} {opaquePrefix}', 'Ab1 aB'],
    ['{lastModified}', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['{lastModified+1d|rfc850}', 'Monday, 07-Nov-94 08:49:37 GMT'],
    ['{lastModified-37s|asctime}', 'Sun Nov  6 08:49:00 1994'],
    ['{date|iso}', '2024-02-29T00:00:00.000Z'],
    ['{date+1h}', 'Thu, 29 Feb 2024 01:00:00 GMT'],
    ['{host}{path} {missingPath}', 'localhost/a.bin?x=1 /a.bin.no-such-file'],
    ['{zeros:3}{nines:2}', '00099'],
    ['{repeat:3:0-}', '0-,0-,0-'],
    ['{spaced:3:10} {spacedDown:2:5}', '0-0,10-10,20-20 5-5,0-0'],
    ['no {4} template', 'no {4} template'],
  ])('expands %j', (text, expanded) => {
    expect(expand(text, subject)).toBe(expanded)
  })

  it('throws for an unknown template', () => {
    expect(() => expand('{nothing}', subject)).toThrow(RangeError)
  })

  it('throws for a template without a value', () => {
    expect(() => expand('{etag}', { ...subject, etag: undefined })).toThrow(RangeError)
  })
})
