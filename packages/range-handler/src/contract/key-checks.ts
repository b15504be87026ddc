import { planResponse, reprDigestField } from '@rangekit/range-core'
import { collect, versionBytes, withRepresentation } from './fixture.ts'
import type { SourceCheck, SourceHarness } from './harness.ts'

const words = (text: string) => text.trim().split(/\s+/)

/** Keys that were never stored, including classic traversal attempts. */
const HOSTILE_KEYS: readonly string[] = [
  ...words('/ // . .. ./ ../ /. /.. ~ * ? % %2e%2e%2f - --help .contract contract/ contract/. contract/..'),
  ...words(
    '/etc/passwd ../etc/passwd ../../../../../../../../etc/passwd a/../../etc/passwd file:///etc/passwd',
  ),
  ...words('contract/../contract/here.bin ./contract/here.bin contract//here.bin /contract/here.bin'),
  ...words('contract/here.bin/ contract/here.bin/. contract/here.bin/x contract/here.bin::$DATA'),
  ...words(
    String.raw`..\etc\passwd contract\here.bin C:\Windows\win.ini C:here.bin \\host\share\x CON nul aux.bin`,
  ),
  ...words('__proto__ constructor toString hasOwnProperty undefined null NaN [object Object]'),
  '',
  ' ',
  '\0',
  'contract/here.bin\0',
  'contract/here.bin\0.txt',
  '\0/contract/here.bin',
  'a\nb',
  '\r\n',
  '\u202e',
  '\ufeff',
  '\ud800',
  'contract/\udfff.bin',
  '\u{10ffff}',
  'a'.repeat(300),
  'a'.repeat(5000),
  'a/'.repeat(3000),
  '../'.repeat(3000),
]

/** What is found under a key. */
export function keyChecks(harness: SourceHarness): SourceCheck[] {
  const expectNothing = async (key: string) => {
    const representation = await harness.source.open(key)
    if (representation === undefined) return
    await representation.close()
    throw new Error(
      `open(${JSON.stringify(key.slice(0, 100))}) found something, although nothing was put there`,
    )
  }

  return [
    {
      name: 'finds nothing under a key that nothing was put under',
      async run() {
        await expectNothing('contract/missing.bin')
        await expectNothing('missing')
      },
    },
    {
      name: 'finds nothing, and never throws, under hostile keys',
      async run() {
        await harness.put('contract/here.bin', versionBytes(10, 1))
        for (const key of HOSTILE_KEYS) await expectNothing(key)
      },
    },
    {
      name: 'finds nothing under the path of a folder',
      async run() {
        await harness.put('contract/folder/inside.bin', versionBytes(10, 1))
        await expectNothing('contract/folder')
        await expectNothing('contract/folder/')
      },
    },
    {
      name: 'finds nothing under a key that was removed, if the store can remove',
      async run() {
        if (harness.remove === undefined) return
        await harness.put('contract/removed.bin', versionBytes(10, 1))
        await withRepresentation(harness.source, 'contract/removed.bin', async () => {})
        await harness.remove('contract/removed.bin')
        await expectNothing('contract/removed.bin')
      },
    },
    {
      name: 'reports only metadata that a response can carry',
      async run() {
        const bytes = versionBytes(1000, 1)
        await harness.put('contract/described.bin', bytes)
        await withRepresentation(harness.source, 'contract/described.bin', async (representation) => {
          const { digests, lastModified } = representation
          if (lastModified !== undefined && Number.isNaN(lastModified.getTime())) {
            throw new Error('lastModified is not a valid date')
          }
          const headers = new Headers({ Range: 'bytes=0-0,-1', 'Want-Repr-Digest': 'sha-256=1' })
          const plan = planResponse({ method: 'GET', headers }, representation)
          new Response(null, { headers: plan.headers })

          if (digests?.['sha-256'] === undefined) return
          const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
          const known = reprDigestField('sha-256=1', { 'sha-256': btoa(String.fromCharCode(...digest)) })
          if (reprDigestField('sha-256=1', digests) !== known)
            throw new Error('The SHA-256 does not match the bytes')
        })
      },
    },
    {
      name: 'opens one key many times at once',
      async run() {
        const bytes = versionBytes(1000, 1)
        await harness.put('contract/shared.bin', bytes)
        const readLast = () =>
          withRepresentation(harness.source, 'contract/shared.bin', async (representation) => {
            const [last] = await collect(await representation.read({ firstPos: 999, lastPos: 999 }))
            if (last !== bytes[999]) throw new Error(`Expected ${bytes[999]} as the last byte, got ${last}`)
          })
        await Promise.all(Array.from({ length: 50 }, readLast))
      },
    },
  ]
}
