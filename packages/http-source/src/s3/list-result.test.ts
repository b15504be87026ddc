import { describe, expect, it } from 'vitest'
import { parseListResult } from './list-result.ts'

const page = (content: string) =>
  parseListResult(
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</ListBucketResult>`,
  )
const contents = (key: string, rest = '<Size>5</Size>') => `<Contents><Key>${key}</Key>${rest}</Contents>`

describe('a list of objects', () => {
  it('has keys, sizes, dates, tags and folders', () => {
    const result = page(
      `<IsTruncated>true</IsTruncated><NextContinuationToken>1/+=&amp;</NextContinuationToken>
      <Contents><Key>a&amp;b.mp4</Key><LastModified>2026-11-29T10:11:12.000Z</LastModified>
      <ETag>&quot;abc-2&quot;</ETag><Size>7000000000</Size><StorageClass>STANDARD</StorageClass></Contents>
      <CommonPrefixes><Prefix>films/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>music/</Prefix></CommonPrefixes>`,
    )
    expect(result).toEqual({
      objects: [
        {
          key: 'a&b.mp4',
          size: 7_000_000_000,
          modified: new Date('2026-11-29T10:11:12Z'),
          etag: { opaque: 'abc-2', weak: false },
        },
      ],
      folders: ['films/', 'music/'],
      next: '1/+=&',
    })
  })

  it('may be empty', () => {
    expect(page('<KeyCount>0</KeyCount>')).toEqual({ objects: [], folders: [], next: undefined })
  })

  it('may have encoded names, with a space written in either way', () => {
    const { objects, folders } = page(
      `<EncodingType>url</EncodingType>${contents('a+b%20c%2B%25%01%C3%A9')}<CommonPrefixes><Prefix>a+b/</Prefix></CommonPrefixes>`,
    )
    expect(objects[0]?.key).toBe('a b c+%\x01é')
    expect(folders).toEqual(['a b/'])
  })

  it('has its names as they are if they are not said to be encoded', () => {
    expect(page(contents('a+b%20c')).objects[0]?.key).toBe('a+b%20c')
  })

  it('need not tell dates and tags', () => {
    expect(page(contents('a')).objects).toEqual([{ key: 'a', size: 5, modified: undefined, etag: undefined }])
  })
})

describe('a response is refused', () => {
  it.each([
    ['no XML', 'hello'],
    ['empty', ''],
    ['cut off', '<ListBucketResult><Contents><Key>a'],
    ['another document', '<Error><Code>AccessDenied</Code></Error>'],
    ['an entity of its own', '<!DOCTYPE r [<!ENTITY a "b">]><ListBucketResult>&a;</ListBucketResult>'],
    ['nested too deeply', '<a>'.repeat(100_000)],
  ])('that is %s', (_, text) => {
    expect(() => parseListResult(text)).toThrow(Error)
  })

  it.each([
    ['no key', '<Contents><Size>5</Size></Contents>'],
    ['no size', contents('a', '')],
    ['a size that is no number', contents('a', '<Size>-1</Size>')],
    ['a damaged name', `<EncodingType>url</EncodingType>${contents('%E9')}`],
    ['no place where it continues', '<IsTruncated>true</IsTruncated>'],
  ])('that has %s', (_, content) => {
    expect(() => page(content)).toThrow(Error)
  })
})
