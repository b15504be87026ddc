import { describe, expect, it } from 'vitest'
import {
  address,
  base,
  cacheControl,
  count,
  diskSize,
  duration,
  endpoint,
  origin,
  port,
  region,
  requestField,
  size,
} from './options.ts'

const PLAYER = 'https://player.example'
const drain = duration('0s')
const timeout = duration('1ms')
const validity = duration('1s', '36500d')

describe('option values', () => {
  it.each([
    ['port', port, '0', 0],
    ['port', port, '65535', 65_535],
    ['address', address, '::', '::'],
    ['count', count, '999', 999],
    ['base', base, 'https://media.example', 'https://media.example'],
    ['base', base, 'http://[::1]:8001/', 'http://[::1]:8001'],
    ['cacheControl', cacheControl, 'public, max-age=60', 'public, max-age=60'],
    ['drain', drain, '0', 0],
    ['drain', drain, '24d', 2_073_600],
    ['timeout', timeout, '1ms', 0.001],
    ['timeout', timeout, '1.5s', 1.5],
    ['validity', validity, '1s', 1],
    ['size', size, '0', 0],
    ['size', size, '256M', 256_000_000],
    ['size', size, '256MiB', 268_435_456],
    ['diskSize', diskSize, '1MiB', 1_048_576],
    ['endpoint', endpoint, 'http://127.0.0.1:9000', 'http://127.0.0.1:9000/'],
    ['region', region, 'eu-central-1', 'eu-central-1'],
  ])('%s accepts a valid value', (_, parse, text, value) => {
    expect(parse(text)).toBe(value)
  })

  it.each([
    ['port', port, ['', '65536', '-1', '80.5', '1e3', 'http']],
    ['address', address, ['', ' ']],
    ['count', count, ['', '0', '1000', '2.5', '-1']],
    [
      'base',
      base,
      ['', 'media.example', 'ftp://a', 'http://a/path', 'http://a?b', 'http://a#b', 'http://u@a'],
    ],
    [
      'cacheControl',
      cacheControl,
      ['', ' no-store', 'no-store\nSet-Cookie: a=b', 'no-store\r', 'max-age=3600 ✓', '\0'],
    ],
    ['drain', drain, ['', '-1s', '25d', '999999999d', '9'.repeat(400)]],
    ['timeout', timeout, ['', '0', '0s', '0.5ms', '25d']],
    ['size', size, ['', 'a lot', '-1', '256X']],
    ['diskSize', diskSize, ['', '0', '1MB']],
    ['endpoint', endpoint, ['', 's3.example', 'ftp://a', 'http://u:p@a', 'http://a?b', 'http://a#b']],
    ['region', region, ['', 'a.b', 'a/b']],
    ['requestField', requestField, ['', 'Name', ': x', 'Name:', 'Na me: x', 'Name: a\nb', 'Name: ✓']],
    ['validity', validity, ['', '0', '500ms', '36501d', '9'.repeat(400)]],
  ])('%s rejects invalid values', (_, parse, texts) => {
    for (const text of texts) expect(() => parse(text), text).toThrow(/^Expected .*\.$/)
  })
})

describe('origins', () => {
  it.each([PLAYER, 'http://localhost:5173', 'http://[::1]:8080', 'capacitor://localhost', 'null', '*'])(
    '%s is accepted: a browser sends it, or it stands for all',
    (text) => {
      expect(origin(text)).toEqual([text])
      expect(origin(text, [PLAYER])).toEqual([PLAYER, text])
    },
  )

  it.each([
    '',
    'player.example',
    `${PLAYER}/`,
    `${PLAYER}/path`,
    'https://Player.example',
    'https://player.example:443',
    'https://user@player.example',
    'https://*.example',
    'https://a.example,https://b.example',
  ])('%s is rejected, because it would never match', (text) => {
    expect(() => origin(text)).toThrow(/^Expected an origin/)
  })
})

describe('fields of requests to an origin', () => {
  it('are collected', () => {
    const first = requestField('Authorization: Bearer a:b')
    expect(requestField('X-Tag:1 ', first)).toEqual({ Authorization: 'Bearer a:b', 'X-Tag': '1' })
  })

  it.each(['Range: bytes=0-1', 'if-match: *', 'Accept-Encoding: gzip', 'Host: a', 'Content-Length: 1'])(
    '%j is rejected, because each request sets its own',
    (text) => {
      expect(() => requestField(text)).toThrow(/is set by each request itself\.$/)
    },
  )
})
