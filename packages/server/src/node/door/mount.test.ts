import { describe, expect, it } from 'vitest'
import { placeOf } from './mount.ts'

describe('placeOf', () => {
  it.each([
    ['node:http', { url: '/a/b?c' }, '/a/b?c', undefined],
    ['Express, not mounted', { url: '/a', baseUrl: '', originalUrl: '/a' }, '/a', undefined],
    ['Express', { url: '/b?c', baseUrl: '/a', originalUrl: '/a/b?c' }, '/a/b?c', '/a'],
    ['Express, at the mount path itself', { url: '/', baseUrl: '/a', originalUrl: '/a' }, '/a/', '/a'],
    ['Express, with a rewritten URL', { url: '/x', baseUrl: '/a', originalUrl: '/a/b' }, '/a/x', '/a'],
    [
      'Express, with an absolute URL',
      { url: 'http://host/b', baseUrl: '/a', originalUrl: 'http://host/a/b' },
      'http://host/a/b',
      '/a',
    ],
    ['Express 4, after two slashes', { url: '/b', baseUrl: '/a', originalUrl: '/a//b' }, '/a//b', undefined],
    [
      'Express, with slashes in the query',
      { url: '/b?c=//', baseUrl: '/a', originalUrl: '/a/b?c=//' },
      '/a/b?c=//',
      '/a',
    ],
    [
      'Connect, with an absolute URL',
      { url: 'http://host/b', originalUrl: 'http://host/a/b' },
      'http://host/a/b',
      '/a',
    ],
    ['Connect, with a dot after the mount path', { url: '/.b/c', originalUrl: '/a.b/c' }, '', undefined],
    [
      'Connect, with a dot after the mount path in an absolute URL',
      { url: 'http://host.b/c', originalUrl: 'http://host/a.b/c' },
      '',
      undefined,
    ],
    ['Connect, not mounted, with a dot file', { url: '/.a', originalUrl: '/.a' }, '/.a', undefined],
    ['Connect', { url: '/b?c', originalUrl: '/a/b?c' }, '/a/b?c', '/a'],
    ['Connect, not mounted', { url: '/a', originalUrl: '/a' }, '/a', undefined],
    ['Connect, with a rewritten URL', { url: '/x', originalUrl: '/a/b' }, '/x', undefined],
    ['no URL at all', {}, '', undefined],
  ])('of a request through %s', (_, request, target, mountPath) => {
    expect(placeOf(request)).toEqual({ target, mountPath })
  })
})
