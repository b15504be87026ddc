import { describe } from 'vitest'
import { itFails, Shelf, shelfWith } from '../../test/support/shelf.ts'
import { versionBytes } from './fixture.ts'

describe('keyChecks', () => {
  itFails([
    [
      'no keys but those put',
      new (class extends Shelf {
        override open(key: string) {
          this.store.set('contract/missing.bin', versionBytes(10, 1))
          return super.open(key)
        }
      })(),
      'finds nothing under a key that nothing was put under',
      'open("contract/missing.bin") found something, although nothing was put there',
    ],
    [
      'no other spelling of a key',
      new (class extends Shelf {
        override open(key: string) {
          return super.open(key.replaceAll('//', '/'))
        }
      })(),
      'finds nothing, and never throws, under hostile keys',
      'open("contract//here.bin") found something, although nothing was put there',
    ],
    [
      'no fault at a key',
      new (class extends Shelf {
        override open(key: string) {
          if (key.includes('\0')) throw new TypeError('A key cannot contain NUL')
          return super.open(key)
        }
      })(),
      'finds nothing, and never throws, under hostile keys',
      'A key cannot contain NUL',
    ],
    [
      'no folders',
      new (class extends Shelf {
        override open(key: string) {
          return super.open([...this.store.keys()].find((known) => known.startsWith(`${key}/`)) ?? key)
        }
      })(),
      'finds nothing under the path of a folder',
      'open("contract/folder") found something, although nothing was put there',
    ],
    [
      'removal',
      new (class extends Shelf {
        override remove() {}
      })(),
      'finds nothing under a key that was removed, if the store can remove',
      'open("contract/removed.bin") found something, although nothing was put there',
    ],
    [
      'a valid date',
      shelfWith(() => ({ lastModified: new Date(Number.NaN) })),
      'reports only metadata that a response can carry',
      'lastModified is not a valid date',
    ],
    [
      'a valid media type',
      shelfWith(() => ({ contentType: 'a\nb' })),
      'reports only metadata that a response can carry',
      'Not a media type',
    ],
    [
      'the right digest',
      shelfWith(() => ({ digests: { 'sha-256': 'AAAA' } })),
      'reports only metadata that a response can carry',
      'The SHA-256 does not match the bytes',
    ],
    [
      'sharing',
      shelfWith((good, _bytes, key, shelf) => ({
        read: (range, options) => {
          if (key === 'contract/shared.bin' && shelf.held > 10) throw new Error('Too many at once')
          return good.read(range, options)
        },
      })),
      'opens one key many times at once',
      'Too many at once',
    ],
  ])
})
