/** What is tried to get at files by paths that do not name them. */

/** Where the files are served. */
export const ROUTE = '/api/stream'

/** Folders behind a guard; their names can be spelled in several ways. */
export const GUARDED = ['private', 'señas', 'R&D', '~home', 'a b'] as const

/** Every letter of a word percent-encoded, alone and together with all others, with upper and lower case digits. */
export function spellings(word: string): readonly string[] {
  const encode = (letter: string) =>
    encodeURIComponent(letter).replace(/^[^%]$/, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  const ways = [
    encode,
    (letter: string) => encode(letter).toLowerCase(),
    (letter: string) => encode(letter).replace(/.$/, (digit) => digit.toLowerCase()),
  ]
  return ways.flatMap((way) => spelledBy(word, way))
}

/** The same, encoded twice or more: names of something else. */
export function overSpellings(word: string): readonly string[] {
  const again = (text: string) => text.replaceAll('%', '%25')
  const encode = (letter: string) => spellings(letter)[0] ?? ''
  return [
    ...spelledBy(word, (letter) => again(encode(letter))),
    ...spelledBy(word, (letter) => again(again(encode(letter)))),
    // Decoded twice, `%25` and the digits that follow would become a new encoding.
    ...spelledBy(word, (letter) => encode(letter).replace(/%(.)(.)/g, '%25%3$1%3$2')),
  ]
}

function spelledBy(word: string, way: (letter: string) => string): readonly string[] {
  const letters = [...word]
  const plain = letters.map((letter) => encodeURI(letter))
  return [
    letters.map(way).join(''),
    ...letters.map((letter, at) => [...plain.slice(0, at), way(letter), ...plain.slice(at + 1)].join('')),
  ]
}

/** Targets that name `film.mp4`, and those that name `señas/x.mp4`, in other spellings than the normal one. */
export const otherSpellings: readonly string[] = [
  ...spellings('film.mp4').map((name) => `${ROUTE}/${name}`),
  ...spellings('señas').map((name) => `${ROUTE}/${name}/x.mp4`),
  '/%61pi/stream/film.mp4',
  '/api/%73trea%6D/film.mp4',
  '/%61%70%69/%73%74%72%65%61%6d/%66%69%6c%6d%2e%6d%70%34',
  'http://localhost/%61pi/stream/%66ilm.mp4',
  '/api/stream/a/%62/film.mp4',
  '/api/stream/%66ilm.mp4?x=/../%zz',
  '/api/stream/%66ilm.mp4#x',
]

const DOTS = [
  ...['..', '%2e%2e', '%2E%2E', '.%2e', '%2e.', '%2e%2E', '%252e%252e', '%25252e%25252e', '.%252e'],
  ...['%c0%ae%c0%ae', '%e0%80%ae%e0%80%ae', '%f0%80%80%ae.', '%c0%2e%c0%2e', '%u002e%u002e', '%uff0e%uff0e'],
  ...[
    '%ef%bc%8e%ef%bc%8e',
    '．．',
    '..;',
    '..;x=1',
    '..%3b',
    '..%00',
    '%00..',
    '..%20',
    '..%09',
    '...',
    '....',
  ],
  ...['.%0a.', '..%ff', '..%', '..%2', '%2', '0x2e0x2e', '&#46;&#46;', '..?', '..#', '.', '%2e', '', '%20..'],
]
const SEPARATORS = [
  ...[
    '/',
    '//',
    '%2f',
    '%2F',
    '%252f',
    '\\',
    '%5c',
    '%5C',
    '%255c',
    '%c0%af',
    '%e0%80%af',
    '%e2%88%95',
    '/;/',
  ],
  ...['∕', '%ef%bc%8f', '/./', '/%2e/', '%u2215'],
]

/** Every spelling of a climb, from the root and from a folder in it, to a file outside. */
export const climbs = DOTS.flatMap((dots) =>
  SEPARATORS.flatMap((separator) => [
    `${ROUTE}/${dots}${separator}canary.txt`,
    `${ROUTE}/a${separator}${dots}${separator}${dots}${separator}canary.txt`,
  ]),
)

/** Other ways to name what is there, and what is not to be seen. */
export const tricks = [
  // Dotfiles, by every name.
  ...[
    '.env',
    '%2eenv',
    '%2Eenv',
    '%252eenv',
    './.env',
    'a/../.env',
    '.env/',
    '.env%00',
    '.git/config',
    '%2egit/config',
  ],
  ...[
    'a/.hidden/canary.txt',
    'a/%2ehidden/canary.txt',
    '.env?download',
    '.env;x=y',
    '.%65nv',
    '.e%6ev',
    '..env',
    '.env.',
  ],
  // Slashes that are too many, or of another kind.
  ...[
    '/film.mp4',
    '//film.mp4',
    'a//b/film.mp4',
    'a/b//film.mp4',
    'film.mp4/',
    'film.mp4//',
    'film.mp4/.',
    'a/b/film.mp4/',
  ],
  ...[
    'a%2fb%2ffilm.mp4',
    'a%2Fb/film.mp4',
    'a\\b\\film.mp4',
    'a%5cb%5cfilm.mp4',
    '\\film.mp4',
    '%5cfilm.mp4',
    '/\\film.mp4',
  ],
  // Names that mean something else, or the same, elsewhere.
  ...[
    'film.mp4::$DATA',
    'film.mp4:stream',
    'film.mp4%3a%3a$DATA',
    'film.mp4.',
    'film.mp4..',
    'film.mp4%20',
    'film.mp4%2e',
  ],
  ...[
    'FILM.MP4',
    'film.mp4~1',
    'FILM~1.MP4',
    'con',
    'CON.mp4',
    'nul',
    'aux.txt',
    'com1',
    'lpt1.mp4',
    'prn',
    '$MFT',
    'c:/film.mp4',
  ],
  ...[
    'c:film.mp4',
    'C%3A/film.mp4',
    'file:///film.mp4',
    '~/film.mp4',
    '~root',
    '$HOME/film.mp4',
    '%HOME%',
    '`id`',
    '$(id)',
    '|id',
  ],
  // Control characters, and bytes that are no text.
  ...[
    'film.mp4%00',
    'film.mp4%00.txt',
    '%00film.mp4',
    'film%00.mp4',
    'film.mp4%0a',
    'film.mp4%0d%0aSet-Cookie:%20a=b',
    'film.mp4%09',
  ],
  ...[
    'film.mp4%7f',
    'film.mp4%c2%80',
    'film.mp4%ff',
    'film.mp4%c3',
    'film.mp4%c3%28',
    'film.mp4%ed%a0%80',
    '%f4%90%80%80film.mp4',
  ],
  ...[
    'film.mp4%',
    'film.mp4%2',
    'film.mp4%zz',
    '%film.mp4',
    'film.mp4%u0000',
    'film.mp4\u0000',
    'film.mp4\u0001',
    'film.mp4\u007f',
  ],
  ...[
    'film.mp4\tx',
    '\tfilm.mp4',
    'film.mp4\u000b',
    'film.mp4\u00a0',
    '\ufefffilm.mp4',
    'film\u200b.mp4',
    'film.mp4\u0085',
  ],
  // Encoded twice or more.
  ...overSpellings('film.mp4'),
  '%25%36%36ilm.mp4',
  'film.mp4%25',
  '%25film.mp4',
  '%2525film.mp4',
  ...[
    'film.mp4;jsessionid=1',
    'film.mp4;',
    ';film.mp4',
    'a;x=1/b/film.mp4',
    'film.mp4,',
    'film.mp4*',
    '*',
    '**',
    'film.*',
    'f?lm.mp4',
  ],
  // Ways back in.
  ...[
    '../stream/film.mp4',
    '../../api/stream/film.mp4',
    'a/../film.mp4',
    'a/b/../../film.mp4',
    './film.mp4',
    'a/./b/film.mp4',
  ],
  ...[
    'none/../film.mp4',
    '../media/film.mp4',
    'a/b/../film.mp4',
    '%2e/film.mp4',
    'a/%2e%2e/film.mp4',
    'a/%2e./film.mp4',
    '',
    '/',
    '.',
    '..',
    '...',
  ],
  // What the system keeps.
  ...[
    '/etc/passwd',
    '//etc/passwd',
    '%2fetc%2fpasswd',
    '/proc/self/environ',
    '../../../../../../proc/self/cmdline',
    'dev/stdin',
  ],
].map((path) => `${ROUTE}/${path}`)

/** Targets that lead elsewhere than to the route, or there in another form. */
export const wholeTargets = [
  ...[
    '/../canary.txt',
    '/canary.txt',
    '//canary.txt',
    '/..%2fcanary.txt',
    '/api/../canary.txt',
    '/api/stream/../../canary.txt',
  ],
  ...[
    '/api//stream/film.mp4',
    '//api/stream/film.mp4',
    '/api/stream//film.mp4',
    '/API/STREAM/film.mp4',
    '/api%2fstream%2ffilm.mp4',
  ],
  ...[
    '/api/./stream/film.mp4',
    '/x/../api/stream/film.mp4',
    '/api/stream;x/film.mp4',
    '/%61pi/stream/film.mp4/',
    '\\api\\stream\\film.mp4',
  ],
  ...[
    'api/stream/film.mp4',
    'film.mp4',
    '*',
    '?',
    '#',
    '/api/stream?film.mp4',
    '/api/stream#film.mp4',
    '/api/stream/%3ffilm.mp4',
  ],
  // In absolute form: the path is what counts, not the host.
  ...[
    'http://localhost/api/stream/../../canary.txt',
    'http://localhost/api/stream/%2e%2e/canary.txt',
    'http://localhost//api/stream/film.mp4',
  ],
  ...[
    'http://localhost/api/stream/.env',
    'http://localhost/api/stream/.env?',
    'HTTP://LOCALHOST/api/stream/..%2fcanary.txt',
    'http://localhost',
  ],
  ...[
    'http:///api/stream/film.mp4',
    'http:/api/stream/.env',
    'http:api/stream/.env',
    'file:///api/stream/film.mp4',
    'ftp://localhost/api/stream/.env',
  ],
  ...[
    'http://localhost\\@x/api/stream/.env',
    'http://x/?/api/stream/film.mp4',
    'http://x#/api/stream/film.mp4',
    'http://[::1/api/stream/.env',
  ],
  ...[
    'http://a@b/api/stream/.env',
    'http://localhost:99999/api/stream/.env',
    'javascript:/api/stream/film.mp4',
    '//localhost/api/stream/film.mp4',
  ],
  // Long ones.
  ...[
    `/api/stream/${'a'.repeat(255)}`,
    `/api/stream/${'a'.repeat(256)}`,
    `/api/stream/${'a'.repeat(8000)}`,
    `/api/stream/${'a/'.repeat(3000)}x`,
  ],
  ...[
    `/api/stream/${'../'.repeat(2000)}canary.txt`,
    `/api/stream/${'%2e%2e/'.repeat(1000)}canary.txt`,
    `/api/stream/${'/'.repeat(5000)}film.mp4`,
  ],
  `/api/stream/${'a/../'.repeat(1500)}film.mp4`,
]

/** Host fields that would be part of the path where a URL is put together unseen. */
export const hosts = [
  ...[
    '',
    ' ',
    'a b',
    'localhost/../..',
    'x/api/stream/film.mp4?',
    'x/api/stream/.env?',
    'x?y',
    'x#y',
    'user@x',
    'x:y',
    ':80',
    '[::1',
  ],
  ...[
    'x\\y',
    'x\ty',
    '..',
    '.',
    '%00',
    '%2f',
    'x%2fapi%2fstream%2ffilm.mp4',
    '１２７.0.0.1',
    'x,y',
    '<x>',
    '"x"',
    '/',
    '//',
    '?',
    '#',
    '@',
  ],
].map((host) => `Host: ${host}\r\n`)
