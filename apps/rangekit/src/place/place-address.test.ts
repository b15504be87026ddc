import { describe, expect, it } from 'vitest'
import { readPlaceAddress } from './place-address.ts'

describe('the argument of the command', () => {
  it.each(['.', 'media', '/srv/media', '~/Videos', './s3:', 's3:', './s3:/films', 'C:\\media', 'a b://c'])(
    '%j is a folder',
    (text) => {
      expect(readPlaceAddress(text)).toEqual({ kind: 'folder', dir: text })
    },
  )

  it.each([
    ['s3://films', 'films', ''],
    ['s3://films/', 'films', ''],
    ['S3://films/2024', 'films', '2024/'],
    ['s3://films/a b/100%/', 'films', 'a b/100%/'],
  ])('%j is a bucket and a prefix, taken literally', (text, bucket, prefix) => {
    expect(readPlaceAddress(text)).toEqual({ kind: 'bucket', bucket, prefix })
  })

  it.each([
    ['https://media.example', 'https://media.example/'],
    ['http://127.0.0.1:9000/films/', 'http://127.0.0.1:9000/films/'],
    ['HTTPS://Media.Example/a%20b/#x', 'https://media.example/a%20b/'],
  ])('%j is an origin', (text, url) => {
    expect(readPlaceAddress(text)).toEqual({ kind: 'origin', url })
  })

  it.each([
    ['https://media.example/films/film.mp4', 'film.mp4'],
    ['https://media.example/My%20film%3F.mp4', 'My film?.mp4'],
    ['https://media.example/watch?v=5', 'watch'],
    ['https://media.example/.hidden', 'film'],
    ['https://media.example/a%2Fb', 'film'],
    ['https://media.example/%ff', '%ff'],
  ])('%j is one film, served as %j', (url, key) => {
    expect(readPlaceAddress(url)).toEqual({ kind: 'film', url, key })
  })

  it('turns a user and a password into a field, so that no URL shows them', () => {
    expect(readPlaceAddress('https://us%40er:p%C3%A4ss@media.example/')).toEqual({
      kind: 'origin',
      url: 'https://media.example/',
      authorization: `Basic ${Buffer.from('us@er:päss').toString('base64')}`,
    })
  })

  it.each([
    ['gs://bucket', 'gs:// is not supported; name a folder, s3://, http:// or https://'],
    ['file:///srv', 'file:// is not supported; name a folder, s3://, http:// or https://'],
    ['s3://', 'expected s3://BUCKET or s3://BUCKET/PREFIX'],
    ['s3://key:secret@bucket', 'expected s3://BUCKET or s3://BUCKET/PREFIX'],
    ['s3://films/../x', 'the prefix ../x has an empty segment or a dot segment'],
    ['s3://films//x', 'the prefix /x has an empty segment or a dot segment'],
    ['https://u:secret@', 'expected a URL such as https://media.example/films/'],
    [
      'https://media.example/films/?signature=s',
      'https://media.example/films/ cannot have a query; only the URL of one file can',
    ],
  ])('%j is refused in one line without a secret', (text, problem) => {
    expect(readPlaceAddress(text)).toEqual({ problem })
  })
})
