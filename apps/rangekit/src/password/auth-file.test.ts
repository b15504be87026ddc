import { describe, expect, it } from 'vitest'
import { parseAuthFile } from './auth-file.ts'

const HASH = `$2y$05$${'a'.repeat(53)}`
const OTHER = `$2b$12$${'b'.repeat(53)}`
const WRONG = 'expected user:hash with a hash of bcrypt, as rangekit hash and htpasswd -B write it'

describe('a file of accounts', () => {
  it('has a user and a hash on each line', () => {
    expect(parseAuthFile(`# people\nalice:${HASH}\r\n\njose\u0301:${OTHER} \n`)).toEqual(
      new Map([
        ['alice', HASH],
        ['josé', OTHER],
      ]),
    )
  })

  it.each([
    ['', 'it is empty'],
    ['\n# alice\n', 'it is empty'],
    ['alice', `line 1: ${WRONG}`],
    ['alice:secret', `line 1: ${WRONG}`],
    [`alice:${HASH}\nbob:$apr1$x$y`, `line 2: ${WRONG}`],
    ['alice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=', `line 1: ${WRONG}`],
    [`alice:${HASH}x`, `line 1: ${WRONG}`],
    [`:${HASH}`, 'line 1: the user name is empty'],
    [`alice:$2y$31$${'a'.repeat(53)}`, 'line 1: the cost of a hash is from 4 to 16'],
    [`alice:$2y$03$${'a'.repeat(53)}`, 'line 1: the cost of a hash is from 4 to 16'],
    [`alice:${HASH}\nalice:${OTHER}`, 'line 2: the user is repeated'],
  ])('%j is refused: %s', (text, problem) => {
    expect(parseAuthFile(text)).toEqual({ problem })
  })
})
