// Attempts to reach files by paths that do not name them.
import { words } from '@rangekit/test-kit/words'

/** Where the files are served. */
export const ROUTE = '/api/stream'

/** Folders behind a guard, whose names have several spellings. */
export const GUARDED = ['private', 'señas', 'R&D', '~home', 'a b'] as const

/** Spellings of a word with one letter or all percent-encoded, with upper and lower case digits. */
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

/** The same, encoded twice or more, which makes them other names. */
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

/** Other spellings of targets that name `film.mp4` or `señas/x.mp4`. */
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
  ...words('.. %2e%2e %2E%2E .%2e %2e. %2e%2E %252e%252e %25252e%25252e .%252e %c0%ae%c0%ae'),
  ...words('%e0%80%ae%e0%80%ae %f0%80%80%ae. %c0%2e%c0%2e %u002e%u002e %uff0e%uff0e %ef%bc%8e%ef%bc%8e'),
  ...words('．． ..; ..;x=1 ..%3b ..%00 %00.. ..%20 ..%09 ... .... .%0a. ..%ff ..% ..%2 %2 0x2e0x2e'),
  ...words('&#46;&#46; ..? ..# . %2e %20..'),
  '',
]
const SEPARATORS = [
  ...words('/ // %2f %2F %252f \\ %5c %5C %255c %c0%af %e0%80%af %e2%88%95 /;/ ∕ %ef%bc%8f /./ /%2e/'),
  ...words('%u2215'),
]

/** Every spelling of a climb, from the root and from a folder in it, to a file outside. */
export const climbs = DOTS.flatMap((dots) =>
  SEPARATORS.flatMap((separator) => [
    `${ROUTE}/${dots}${separator}canary.txt`,
    `${ROUTE}/a${separator}${dots}${separator}${dots}${separator}canary.txt`,
  ]),
)

/** Other ways to name files, served or hidden. */
export const tricks = [
  // Dotfiles, by every name.
  ...words('.env %2eenv %2Eenv %252eenv ./.env a/../.env .env/ .env%00 .git/config %2egit/config'),
  ...words('a/.hidden/canary.txt a/%2ehidden/canary.txt .env?download .env;x=y .%65nv .e%6ev ..env .env.'),
  // Surplus slashes, and slashes of other kinds.
  ...words('/film.mp4 //film.mp4 a//b/film.mp4 a/b//film.mp4 film.mp4/ film.mp4// film.mp4/.'),
  ...words('a/b/film.mp4/ a%2fb%2ffilm.mp4 a%2Fb/film.mp4 a\\b\\film.mp4 a%5cb%5cfilm.mp4 \\film.mp4'),
  ...words('%5cfilm.mp4 /\\film.mp4'),
  // Names that other systems treat as special, or as equal.
  ...words('film.mp4::$DATA film.mp4:stream film.mp4%3a%3a$DATA film.mp4. film.mp4.. film.mp4%20'),
  ...words('film.mp4%2e FILM.MP4 film.mp4~1 FILM~1.MP4 con CON.mp4 nul aux.txt com1 lpt1.mp4 prn $MFT'),
  ...words('c:/film.mp4 c:film.mp4 C%3A/film.mp4 file:///film.mp4 ~/film.mp4 ~root $HOME/film.mp4 %HOME%'),
  ...words('`id` $(id) |id'),
  // Control characters, and bytes that are not UTF-8.
  ...words('film.mp4%00 film.mp4%00.txt %00film.mp4 film%00.mp4 film.mp4%0a'),
  ...words('film.mp4%0d%0aSet-Cookie:%20a=b film.mp4%09 film.mp4%7f film.mp4%c2%80 film.mp4%ff'),
  ...words('film.mp4%c3 film.mp4%c3%28 film.mp4%ed%a0%80 %f4%90%80%80film.mp4 film.mp4% film.mp4%2'),
  ...words('film.mp4%zz %film.mp4 film.mp4%u0000 film.mp4\u0000 film.mp4\u0001 film.mp4\u007f'),
  ...words('film\u200b.mp4 film.mp4\u0085'),
  'film.mp4\tx',
  '\tfilm.mp4',
  'film.mp4\u000b',
  'film.mp4\u00a0',
  '\ufefffilm.mp4',
  // Encoded twice or more.
  ...overSpellings('film.mp4'),
  '%25%36%36ilm.mp4',
  'film.mp4%25',
  '%25film.mp4',
  '%2525film.mp4',
  ...words('film.mp4;jsessionid=1 film.mp4; ;film.mp4 a;x=1/b/film.mp4 film.mp4, film.mp4* * ** film.*'),
  ...words('f?lm.mp4'),
  // Ways back in.
  ...words('../stream/film.mp4 ../../api/stream/film.mp4 a/../film.mp4 a/b/../../film.mp4 ./film.mp4'),
  ...words('a/./b/film.mp4 none/../film.mp4 ../media/film.mp4 a/b/../film.mp4 %2e/film.mp4'),
  ...words('a/%2e%2e/film.mp4 a/%2e./film.mp4 / . .. ...'),
  '',
  // System files.
  ...words('/etc/passwd //etc/passwd %2fetc%2fpasswd /proc/self/environ'),
  ...words('../../../../../../proc/self/cmdline dev/stdin'),
].map((path) => `${ROUTE}/${path}`)

/** Targets outside the route, or in another form. */
export const wholeTargets = [
  ...words('/../canary.txt /canary.txt //canary.txt /..%2fcanary.txt /api/../canary.txt'),
  ...words('/api/stream/../../canary.txt /api//stream/film.mp4 //api/stream/film.mp4'),
  ...words('/api/stream//film.mp4 /API/STREAM/film.mp4 /api%2fstream%2ffilm.mp4 /api/./stream/film.mp4'),
  ...words('/x/../api/stream/film.mp4 /api/stream;x/film.mp4 /%61pi/stream/film.mp4/'),
  ...words('\\api\\stream\\film.mp4 api/stream/film.mp4 film.mp4 * ? # /api/stream?film.mp4'),
  ...words('/api/stream#film.mp4 /api/stream/%3ffilm.mp4'),
  // In absolute form.
  ...words('http://localhost/api/stream/../../canary.txt http://localhost/api/stream/%2e%2e/canary.txt'),
  ...words('http://localhost//api/stream/film.mp4 http://localhost/api/stream/.env'),
  ...words('http://localhost/api/stream/.env? HTTP://LOCALHOST/api/stream/..%2fcanary.txt'),
  ...words('http://localhost http:///api/stream/film.mp4 http:/api/stream/.env http:api/stream/.env'),
  ...words('file:///api/stream/film.mp4 ftp://localhost/api/stream/.env'),
  ...words('http://localhost\\@x/api/stream/.env http://x/?/api/stream/film.mp4'),
  ...words('http://x#/api/stream/film.mp4 http://[::1/api/stream/.env http://a@b/api/stream/.env'),
  ...words('http://localhost:99999/api/stream/.env javascript:/api/stream/film.mp4'),
  ...words('//localhost/api/stream/film.mp4'),
  // Long ones.
  `/api/stream/${'a'.repeat(255)}`,
  `/api/stream/${'a'.repeat(256)}`,
  `/api/stream/${'a'.repeat(8000)}`,
  `/api/stream/${'a/'.repeat(3000)}x`,
  `/api/stream/${'../'.repeat(2000)}canary.txt`,
  `/api/stream/${'%2e%2e/'.repeat(1000)}canary.txt`,
  `/api/stream/${'/'.repeat(5000)}film.mp4`,
  `/api/stream/${'a/../'.repeat(1500)}film.mp4`,
]

/** Host fields that would change the path if a URL were built from them unchecked. */
export const hosts = [
  ...words('localhost/../.. x/api/stream/film.mp4? x/api/stream/.env? x?y x#y user@x x:y :80 [::1'),
  '',
  ' ',
  'a b',
  ...words('x\\y .. . %00 %2f x%2fapi%2fstream%2ffilm.mp4 １２７.0.0.1 x,y <x> "x" / // ? # @'),
  'x\ty',
].map((host) => `Host: ${host}\r\n`)
