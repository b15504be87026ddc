import { describe, expect, it } from 'vitest'
import { bucketUrl, checkPrefix, isObjectKey } from './bucket-url.ts'

describe('the URL of a bucket', () => {
  it.each([
    [{ bucket: 'films' }, 'https://films.s3.us-east-1.amazonaws.com/'],
    [{ bucket: 'films', region: 'eu-central-1' }, 'https://films.s3.eu-central-1.amazonaws.com/'],
    [{ bucket: 'films', region: 'cn-north-1' }, 'https://films.s3.cn-north-1.amazonaws.com.cn/'],
    [{ bucket: 'my.films' }, 'https://s3.us-east-1.amazonaws.com/my.films/'],
    [{ bucket: 'films', pathStyle: true }, 'https://s3.us-east-1.amazonaws.com/films/'],
    [{ bucket: 'films', endpoint: 'http://localhost:9000' }, 'http://localhost:9000/films/'],
    [{ bucket: 'films', endpoint: 'http://localhost:9000/s3/' }, 'http://localhost:9000/s3/films/'],
    [{ bucket: 'Alte Filme!', endpoint: 'http://localhost:9000' }, 'http://localhost:9000/Alte%20Filme%21/'],
    [
      { bucket: 'films', endpoint: 'https://store.example/s3', pathStyle: false },
      'https://films.store.example/s3/',
    ],
  ])('of %j is %s', (location, url) => {
    expect(bucketUrl(location)).toBe(url)
  })

  it.each([
    { bucket: '' },
    { bucket: 'a/b' },
    { bucket: 'a@b' },
    { bucket: '..', pathStyle: true },
    { bucket: 'films', region: 'evil.example/' },
    { bucket: 'films', endpoint: 'ftp://store.example' },
    { bucket: 'films', endpoint: 'https://user@store.example' },
    { bucket: 'films', endpoint: 'https://store.example/?a' },
    { bucket: 'films', endpoint: 'store.example' },
  ])('is refused for %j', (location) => {
    expect(() => bucketUrl(location)).toThrow(TypeError)
  })
})

it('a prefix is one that keys can stand behind', () => {
  for (const prefix of ['', 'films/', 'films/2026-', '.hidden/']) checkPrefix(prefix)
  for (const prefix of ['/', 'a//', '../', 'a/../', './'])
    expect(() => checkPrefix(prefix)).toThrow(TypeError)
})

it('a key that names an object is as for files, and no longer than S3 allows', () => {
  for (const key of ['a', "a/b c+%~*'()é", 'a\n', 'é'.repeat(509)]) expect(isObjectKey(key, 'p/')).toBe(true)
  for (const key of ['', 'a/', '/a', 'a//b', '..', '.env', 'a/.env', '\ud800', 'é'.repeat(512)]) {
    expect(isObjectKey(key, 'p/')).toBe(false)
  }
})
