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
      'open("contract/missing.bin") found something, where nothing was put',
    ],
    [
      'no other spelling of a key',
      new (class extends Shelf {
        override open(key: string) {
          return super.open(key.replaceAll('//', '/'))
        }
      })(),
      'finds nothing, and never throws, under hostile keys',
      'open("contract//here.bin") found something, where nothing was put',
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
      'finds nothing under the name of a folder',
      'open("contract/folder") found something, where nothing was put',
    ],
    [
      'removal',
      new (class extends Shelf {
        override remove() {}
      })(),
      'finds nothing any more under a key that was removed, where it can be',
      'open("contract/removed.bin") found something, where nothing was put',
    ],
    [
      'a date that is one',
      shelfWith(() => ({ lastModified: new Date(Number.NaN) })),
      'says of what it opens only what a response can carry',
      'lastModified is no date',
    ],
    [
      'a type that is one',
      shelfWith(() => ({ contentType: 'a\nb' })),
      'says of what it opens only what a response can carry',
      'Not a media type',
    ],
    [
      'the right digest',
      shelfWith(() => ({ digests: { 'sha-256': 'AAAA' } })),
      'says of what it opens only what a response can carry',
      'The SHA-256 is that of other bytes',
    ],
    [
      'sharing',
      shelfWith((good, _bytes, key, shelf) => ({
        read: (range, options) => {
          if (key === 'contract/shared.bin' && shelf.held > 10) throw new Error('Too many at once')
          return good.read(range, options)
        },
      })),
      'opens the same thing many times at once',
      'Too many at once',
    ],
  ])
})
