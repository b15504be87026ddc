import { describe, expect, it } from 'vitest'
import { type BannerFacts, renderBanner, shellWord } from './banner.ts'

const facts: BannerFacts = {
  version: '0.2.0',
  place: 'apps/rangekit/samples',
  holds: '3 videos',
  open: ['http://127.0.0.1:8001/'],
  example: 'http://127.0.0.1:8001/api/stream/Clock.mp4',
  hint: 'put a video into the folder, and open the page',
  cache: undefined,
  share: 'npm start -- ~/Videos --host 0.0.0.0',
  validFor: undefined,
}

describe('the banner', () => {
  it('says what is served, and what to do with it', () => {
    expect(renderBanner(facts)).toBe(
      [
        'Rangekit 0.2.0   apps/rangekit/samples   3 videos',
        '  Open     http://127.0.0.1:8001/',
        '  Try      curl -ir 0-1 http://127.0.0.1:8001/api/stream/Clock.mp4',
        '  Share    npm start -- ~/Videos --host 0.0.0.0',
      ].join('\n'),
    )
  })

  it('says how to recognize a certificate that nobody vouches for, and where plain http is', () => {
    const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':')
    expect(renderBanner({ ...facts, fingerprint, redirects: 'http://127.0.0.1:8080/' }).split('\n')).toEqual(
      expect.arrayContaining([
        '  Http     http://127.0.0.1:8080/ redirects to https',
        `  Print    SHA-256 ${'AB:'.repeat(16)}`,
        `                   ${'AB:'.repeat(15)}AB`,
      ]),
    )
  })

  it.each([
    [{ users: ['alice'], file: undefined }, 'as alice', 'alice'],
    [{ users: ['alice', 'bob b'], file: 'users' }, 'as alice, or bob b, or an account of users', 'alice'],
    [{ users: [], file: 'users' }, 'as an account of users', 'USER'],
  ])('says who may log in: %j', (login, names, user) => {
    const lines = renderBanner({ ...facts, login }).split('\n')
    expect(lines[2]).toBe(`  Login    ${names}; players get links that need no password`)
    expect(lines[3]).toBe(`  Try      curl -ir 0-1 -u ${user} http://127.0.0.1:8001/api/stream/Clock.mp4`)
  })

  it('has a line for each address, and none for sharing where the folder is shared', () => {
    const open = ['http://127.0.0.1:8001/', 'http://192.168.1.5:8001/']
    expect(
      renderBanner({ ...facts, open, share: undefined })
        .split('\n')
        .slice(1),
    ).toEqual([
      '  Open     http://127.0.0.1:8001/',
      '  Open     http://192.168.1.5:8001/',
      '  Try      curl -ir 0-1 http://127.0.0.1:8001/api/stream/Clock.mp4',
    ])
  })

  it('quotes signed links for the shell, and says for how long they are valid', () => {
    const example = 'http://127.0.0.1:8001/api/stream/a.mp4?expires=1&signature=s'
    const lines = renderBanner({ ...facts, example, validFor: '12 hours' }).split('\n')
    expect(lines[2]).toBe('  Valid    for 12 hours; the links are signed')
    expect(lines[3]).toBe(`  Try      curl -ir 0-1 '${example}'`)
  })

  it('asks for a video where there is no file', () => {
    expect(renderBanner({ ...facts, example: undefined })).toContain(
      '\n  Try      put a video into the folder, and open the page\n',
    )
  })

  it('says where repeats come from, if there is a cache', () => {
    const lines = renderBanner({ ...facts, cache: '256 MiB in memory' }).split('\n')
    expect(lines[2]).toBe('  Cache    256 MiB in memory')
  })

  it('says where metrics are, if there are any', () => {
    const lines = renderBanner({ ...facts, metrics: 'http://127.0.0.1:9100/metrics' }).split('\n')
    expect(lines[3]).toBe('  Metrics  http://127.0.0.1:9100/metrics')
  })

  it('has nothing to try where no file is known', () => {
    expect(renderBanner({ ...facts, example: undefined, hint: undefined })).not.toContain('Try')
  })

  it('lets the name of a folder neither colour the terminal nor add lines', () => {
    const [line] = renderBanner({ ...facts, place: 'a\x1b[31m\nb\u202e' }).split('\n')
    expect(line).toBe('Rangekit 0.2.0   a\ufffd[31m\ufffdb\ufffd   3 videos')
  })
})

describe('a word of the shell', () => {
  it.each([
    ['http://127.0.0.1:8001/a%20b.mp4', 'http://127.0.0.1:8001/a%20b.mp4'],
    ['~/Videos', '~/Videos'],
    ['http://[::1]:8001/', "'http://[::1]:8001/'"],
    ["it's $HOME", "'it'\\''s $HOME'"],
    ['', "''"],
    ['a~b', "'a~b'"],
  ])('of %j is %j', (text, expected) => {
    expect(shellWord(text)).toBe(expected)
  })
})
