import { describe, expect, it } from 'vitest'
import { isPlainTarget } from './request-target.ts'

describe('isPlainTarget', () => {
  it.each([
    '/',
    '/api/stream/film.mp4',
    '/api/stream/My%20film%20%C3%A9.mp4',
    '/api/stream/a...b/c.',
    '/film[1]|2.mp4',
    '/film.mp4?a=../b',
    'http://host/film.mp4',
    'http://host:80/a/b?c',
  ])('accepts %s', (target) => {
    expect(isPlainTarget(target)).toBe(true)
  })

  it.each([
    '',
    '*',
    'film.mp4',
    '/.',
    '/..',
    '/a/../b',
    '/a/./b',
    '/a/%2e%2e/b',
    '/a/.%2E/b',
    '/a/%2e',
    '/a\\b',
    '/a b',
    '/a\tb',
    '/é',
    '/a"b',
    'http://host',
    'http://host/../a',
    'ftp://host/a',
  ])('refuses %s', (target) => {
    expect(isPlainTarget(target)).toBe(false)
  })
})
