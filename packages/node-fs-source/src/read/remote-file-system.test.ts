import { describe, expect, it, vi } from 'vitest'
import { isRemote, isRemoteType } from './remote-file-system.ts'

const types = new Map<string, bigint>()
const asked: string[] = []
let missing = false

vi.mock('node:fs', async (importOriginal) => ({
  ...(await importOriginal<typeof import('node:fs')>()),
  get statfs() {
    if (missing) return undefined
    return (
      path: string,
      _options: object,
      done: (error: Error | null, stats?: { type: bigint }) => void,
    ) => {
      asked.push(path)
      const type = types.get(path)
      if (type === undefined) done(new Error('ENOENT'))
      else done(null, { type })
    }
  },
}))

const NFS = 0x6969n
const EXT4 = 0xef53n

describe('isRemoteType', () => {
  it.each([
    ['NFS', 0x6969n],
    ['CIFS', 0xff534d42n],
    ['CIFS, widened with its sign', -11317950n],
    ['SMB2', 0xfe534d42n],
    ['FUSE', 0x65735546n],
    ['9p', 0x01021997n],
    ['Ceph', 0x00c36400n],
    ['Lustre', 0x0bd00bd0n],
    ['AFS', 0x5346414fn],
  ])('includes %s', (_, type) => {
    expect(isRemoteType(type)).toBe(true)
  })

  it.each([
    ['ext4', EXT4],
    ['XFS', 0x58465342n],
    ['Btrfs', 0x9123683en],
    ['tmpfs', 0x01021994n],
    ['overlayfs', 0x794c7630n],
    ['ZFS', 0x2fc12fc1n],
    ['FAT', 0x4d44n],
    ['an unknown type', 0n],
  ])('does not include %s', (_, type) => {
    expect(isRemoteType(type)).toBe(false)
  })
})

describe('isRemote', () => {
  it('asks about the descriptor, once per device, and again after ten seconds', async () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1e6)
    types.set('/proc/self/fd/7', NFS).set('/proc/self/fd/8', EXT4)
    asked.length = 0
    expect(await isRemote(7, '/a', 1n)).toBe(true)
    expect(await isRemote(8, '/b', 2n)).toBe(false)
    expect(await isRemote(9, '/c', 1n)).toBe(true)
    expect(await isRemote(9, '/c', 2n)).toBe(false)
    expect(asked).toEqual(['/proc/self/fd/7', '/proc/self/fd/8'])
    // The device number now belongs to another file system.
    clock.mockReturnValue(1e6 + 10_000)
    expect(await isRemote(8, '/a', 1n)).toBe(false)
    expect(await isRemote(7, '/b', 2n)).toBe(true)
    vi.restoreAllMocks()
  })

  it('asks about the path where it cannot ask about the descriptor', async () => {
    types.set('/mnt/film.mp4', NFS)
    expect(await isRemote(1000, '/mnt/film.mp4', 3n)).toBe(true)
  })

  it('is false where it cannot be determined, and is asked again the next time', async () => {
    expect(await isRemote(1000, '/gone', 4n)).toBe(false)
    types.set('/gone', NFS)
    expect(await isRemote(1000, '/gone', 4n)).toBe(true)
  })

  it('is false on a runtime without statfs', async () => {
    missing = true
    expect(await isRemote(7, '/a', 5n)).toBe(false)
    missing = false
    expect(await isRemote(7, '/a', 5n)).toBe(true)
  })
})
