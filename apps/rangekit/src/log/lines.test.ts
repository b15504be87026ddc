import type { ServedRequest } from '@rangekit/server'
import { describe, expect, it } from 'vitest'
import { jsonMessage, jsonRequest } from './json-lines.ts'
import { redacted } from './redact.ts'
import { requestEntry } from './request-entry.ts'
import { textMessage, textRequest } from './text-lines.ts'

const STARTED = Date.UTC(2026, 10, 30, 8, 15, 0, 7)
const PLAIN = { colour: false, shortTime: false }
/** Line breaks, escape sequences, what reorders and hides, and what only looks like a space. */
const NASTY =
  'a\r\n2026-11-30 200 \u001b[31m\u0007\u007f\u0085\u009b\u200b\u202e\u2028\u2066\u00a0\ufeff"\\é😀'
const DANGEROUS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u

type Changes = Partial<ServedRequest> & { readonly fields?: Readonly<Record<string, string>> }

/** Who sends this password has logged in. */
const login = { knows: (authorization: string) => authorization.endsWith('YWxpY2U6c2VjcmV0') }

function entry({ fields = {}, ...changes }: Changes = {}) {
  const served: ServedRequest = {
    method: 'GET',
    target: '/api/stream/film.mp4',
    httpVersion: '1.1',
    client: { address: '192.0.2.7', port: 4711, isSecure: false },
    startedAt: STARTED,
    status: 206,
    length: 1024,
    bytesSent: 1024,
    firstByteAfter: 0.1,
    duration: 1.236,
    outcome: { kind: 'complete' },
    requestField: (name) => fields[name],
    responseField: () => undefined,
    ...changes,
  }
  return requestEntry(served, undefined, login)
}

const json = (changes?: Changes) => JSON.parse(jsonRequest(entry(changes)))
const text = (changes?: Changes) => textRequest(entry(changes), PLAIN)

const RANGE = { fields: { range: 'bytes=0-1023' } }
const ABORTED = {
  status: 200,
  length: 2_000_000_000,
  bytesSent: 1_300_000,
  outcome: { kind: 'aborted' },
} as const
const FAILED = {
  status: 500,
  length: 27,
  bytesSent: 27,
  outcome: { kind: 'failed', cause: new Error('read failed', { cause: new Error('EIO') }) },
} as const
const NOT_HTTP = {
  method: undefined,
  target: undefined,
  httpVersion: undefined,
  status: 400,
  length: 0,
  bytesSent: 0,
}

describe('a line for a request', () => {
  it('has all that is known of it', () => {
    expect(json(RANGE)).toEqual({
      time: '2026-11-30T08:15:00.007Z',
      level: 'info',
      event: 'request',
      method: 'GET',
      path: '/api/stream/film.mp4',
      protocol: 'HTTP/1.1',
      status: 206,
      range: 'bytes=0-1023',
      bytes: 1024,
      length: 1024,
      ms: 1.24,
      outcome: 'complete',
      client: '192.0.2.7',
    })
    expect(text(RANGE)).toBe(
      '2026-11-30T08:15:00.007Z 206 GET /api/stream/film.mp4 bytes=0-1023 1.0 kB 1.24 ms 192.0.2.7\n',
    )
  })

  it('says how much a client got that left', () => {
    expect(json(ABORTED)).toMatchObject({ bytes: 1_300_000, length: 2_000_000_000, outcome: 'aborted' })
    expect(text(ABORTED)).toContain(' 1.3 MB of 2.0 GB 1.24 ms 192.0.2.7 aborted\n')
  })

  it('has the cause of a fault, and that of the cause', () => {
    const cause = 'Error: read failed (Error: EIO)'
    expect(json(FAILED)).toMatchObject({ level: 'error', status: 500, outcome: 'failed', cause })
    expect(text(FAILED)).toContain(` failed: ${cause}\n`)
  })

  it('has no method for what is not HTTP', () => {
    expect(json(NOT_HTTP)).toMatchObject({ status: 400, client: '192.0.2.7' })
    expect(json(NOT_HTTP)).not.toHaveProperty('method')
    expect(text(NOT_HTTP)).toContain(' 400 - - 0 B ')
  })

  it('has the scheme of a secure client, another version, and no length that nobody knows', () => {
    const client = { address: '::1', port: 1, isSecure: true }
    const changes = { client, httpVersion: '2.0', length: undefined }
    expect(json(changes)).toMatchObject({ secure: true, protocol: 'HTTP/2.0', client: '::1' })
    expect(json(changes)).not.toHaveProperty('length')
    expect(text(changes)).toContain(' 1.0 kB 1.24 ms ::1 HTTP/2\n')
  })

  it.each([
    [206, 'Basic YWxpY2U6c2VjcmV0', 'alice'],
    [404, 'basic YWxpY2U6c2VjcmV0', 'alice'],
    [206, 'Basic YWxpY2U6c2VjcmV1', undefined],
    [401, 'Basic OnNlY3JldA==', undefined],
    [200, 'Bearer YWxpY2U6c2VjcmV0', undefined],
  ])('of status %i with %s names %s, and never a password', (status, authorization, user) => {
    const changes = { status, fields: { authorization } }
    expect(json(changes).user).toBe(user)
    expect(text(changes)).toContain(user === undefined ? ' 192.0.2.7\n' : ' alice@192.0.2.7\n')
    expect(text(changes) + jsonRequest(entry(changes))).not.toContain('secret')
  })

  it('stays one line that looks as it is, whatever a client sends', () => {
    const authorization = `Basic ${Buffer.from(`${NASTY}:x`).toString('base64')}`
    const changes: Changes = {
      method: NASTY,
      target: `/${NASTY}?${NASTY}`,
      client: { address: NASTY, port: 1, isSecure: false },
      fields: { range: NASTY, authorization },
      outcome: { kind: 'failed', cause: new Error(NASTY) },
    }
    const [line, rest] = text(changes).split('\n')
    expect(rest).toBe('')
    expect(line).not.toMatch(DANGEROUS)
    expect(line).toContain('a\\u{d}\\u{a}2026-11-30 200 \\u{1b}[31m')
    expect(jsonRequest(entry(changes))).toMatch(/^[ -~]*\n$/)
    expect(json(changes)).toMatchObject({ method: NASTY, path: `/${NASTY}`, query: NASTY, range: NASTY })
  })

  it('keeps only the start of a Range field with many ranges', () => {
    expect(json({ fields: { range: '0-1,'.repeat(5000) } }).range).toHaveLength(203)
  })

  it('is coloured by its status on a terminal, with the time of day', () => {
    const line = textRequest(entry(FAILED), { colour: true, shortTime: true }).replaceAll('\x1b', '^')
    expect(line).toMatch(/^\^\[2m\d\d:\d\d:\d\d\^\[22m \^\[31m500\^\[39m GET /)
    expect(line).toContain('^[31mfailed: Error: read failed (Error: EIO)^[39m\n')
  })
})

describe('a message', () => {
  it('is one record, whatever is in it', () => {
    const message = `Error: no\n    at file.ts\n2026 error forged ${NASTY}`
    const lines = textMessage(STARTED, 'error', message, PLAIN).split('\n')
    expect(lines[0]).toBe('2026-11-30T08:15:00.007Z error Error: no')
    for (const line of lines.slice(1, -1)) expect(line).toMatch(/^ {4}\S/)
    expect(lines.join('')).not.toMatch(DANGEROUS)
    const record = jsonMessage(STARTED, 'warn', message)
    expect(record).toMatch(/^[ -~]*\n$/)
    expect(JSON.parse(record)).toMatchObject({ level: 'warn', event: 'message', message })
  })
})

describe('a request target in the log', () => {
  it.each([
    ['/film.mp4', '/film.mp4'],
    ['/film.mp4?t=10', '/film.mp4?t=10'],
    ['/a@b.mp4', '/a@b.mp4'],
    ['/film.mp4?expires=1&signature=abc', '/film.mp4?expires=1&signature=redacted'],
    ['/watch/a?grant=abc&b=c', '/watch/a?grant=redacted&b=c'],
    ['/a?%73ignature=abc&Grant=d', '/a?%73ignature=redacted&Grant=redacted'],
    ['/a?signature', '/a?signature'],
    ['/a?%=b&grant=c?grant=d', '/a?%=b&grant=redacted'],
    ['/api/stream/film/signed~1767225600~abc/1.ts', '/api/stream/film/signed~1767225600~redacted/1.ts'],
    ['/film/%73igned%7E17%7eabc?grant=a', '/film/signed~17~redacted?grant=redacted'],
    ['/~user/signed', '/~user/signed'],
    ['http://user:word@host/a?b', 'http://redacted@host/a?b'],
  ])('%s is %s', (target, written) => {
    expect(redacted(target)).toBe(written)
  })
})
