import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type Folder, testFolder } from '../../test/support/folder.ts'
import { errorCode } from '../error-code.ts'
import { closeFile } from '../read/close-file.ts'
import { poolRead } from '../read/read-into.ts'
import { openFile } from './open-file.ts'

/** The text of the file, or `undefined` where there is none. Leaves nothing open. */
async function textOf(folder: Folder, key: string, root = folder.path): Promise<string | undefined> {
  const file = await openFile(root, key)
  if (file === undefined) {
    expect(folder.openDescriptors()).toBe(0)
    return undefined
  }
  const bytes = new Uint8Array(Number(file.stats.size))
  const length = await poolRead(file.fd, bytes, 0)
  await closeFile(file)
  return new TextDecoder().decode(bytes.subarray(0, length))
}

describe('openFile', () => {
  it('finds regular files, in sub-folders too', async () => {
    const folder = testFolder()
    folder.put('a.txt', 'a')
    folder.put('b/c/d.txt', 'd')
    expect(await textOf(folder, 'a.txt')).toBe('a')
    expect(await textOf(folder, 'b/c/d.txt')).toBe('d')
  })

  it('reports the stats of the file as it was opened', async () => {
    const folder = testFolder()
    folder.put('a.txt', '12345')
    const file = await openFile(folder.path, 'a.txt')
    expect(file?.stats.size).toBe(5n)
    expect(typeof file?.stats.mtimeNs).toBe('bigint')
    if (file !== undefined) await closeFile(file)
  })

  it.each(['missing', 'a.txt/b', 'a.txt/', 'b', 'b/', 'x'.repeat(300), 'x/'.repeat(3000)])(
    'finds nothing under %s',
    async (key) => {
      const folder = testFolder()
      folder.put('a.txt', 'a')
      mkdirSync(folder.at('b'))
      expect(await textOf(folder, key)).toBeUndefined()
    },
  )

  it('does not find a FIFO, and does not wait for a writer', async () => {
    const folder = testFolder()
    execFileSync('mkfifo', [folder.at('fifo')])
    expect(await textOf(folder, 'fifo')).toBeUndefined()
  })

  it('does not find a socket', async () => {
    const folder = testFolder()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(folder.at('socket'), resolve))
    expect(await textOf(folder, 'socket')).toBeUndefined()
    await new Promise((resolve) => server.close(resolve))
  })

  it.each(['/dev/zero', '/dev/null', '/dev/tty'])('does not find a device: %s', async (device) => {
    const folder = testFolder()
    symlinkSync(device, folder.at('device'))
    expect(await textOf(folder, 'device')).toBeUndefined()
    // The same where the device is inside the root.
    expect(await openFile('/dev', device.slice('/dev/'.length))).toBeUndefined()
  })

  describe('follows symbolic links', () => {
    it('that stay inside the root', async () => {
      const folder = testFolder()
      folder.put('b/real.txt', 'real')
      symlinkSync('b/real.txt', folder.at('link.txt'))
      symlinkSync(folder.at('b'), folder.at('folder'))
      symlinkSync('link.txt', folder.at('chain.txt'))
      expect(await textOf(folder, 'link.txt')).toBe('real')
      expect(await textOf(folder, 'folder/real.txt')).toBe('real')
      expect(await textOf(folder, 'chain.txt')).toBe('real')
    })

    it('but not out of the root', async () => {
      const [folder, outside] = [testFolder(), testFolder()]
      outside.put('secret.txt', 'secret')
      symlinkSync(outside.at('secret.txt'), folder.at('link.txt'))
      symlinkSync(outside.path, folder.at('folder'))
      symlinkSync('/', folder.at('all'))
      expect(await textOf(folder, 'link.txt')).toBeUndefined()
      expect(await textOf(folder, 'folder/secret.txt')).toBeUndefined()
      expect(await textOf(folder, `all${outside.at('secret.txt')}`)).toBeUndefined()
      expect(outside.openDescriptors()).toBe(0)
    })

    it('but not to a folder whose name only starts with the name of the root', async () => {
      const folder = testFolder()
      folder.put('media/a.txt', 'a')
      folder.put('media-secret/b.txt', 'b')
      symlinkSync('../media-secret/b.txt', folder.at('media/link.txt'))
      expect(await textOf(folder, 'link.txt', folder.at('media'))).toBeUndefined()
      expect(await textOf(folder, 'a.txt', folder.at('media'))).toBe('a')
    })

    it('but not to dotfiles', async () => {
      const folder = testFolder()
      folder.put('.hidden/a.txt', 'a')
      folder.put('.env', 'b')
      symlinkSync('.hidden', folder.at('folder'))
      symlinkSync('.env', folder.at('env.txt'))
      expect(await textOf(folder, 'folder/a.txt')).toBeUndefined()
      expect(await textOf(folder, 'env.txt')).toBeUndefined()
    })

    it('but not in circles, and not to a missing file', async () => {
      const folder = testFolder()
      symlinkSync('b', folder.at('a'))
      symlinkSync('a', folder.at('b'))
      symlinkSync('missing', folder.at('c'))
      expect(await textOf(folder, 'a')).toBeUndefined()
      expect(await textOf(folder, 'c')).toBeUndefined()
    })

    it('and never leaves the root while a link is being swapped', async () => {
      const [folder, outside] = [testFolder(), testFolder()]
      folder.put('inside.txt', 'inside')
      outside.put('secret.txt', 'a longer secret')
      symlinkSync('inside.txt', folder.at('link.txt'))
      let swapping = true
      const swap = async () => {
        for (let turn = 0; swapping; turn++) {
          symlinkSync(turn % 2 === 0 ? outside.at('secret.txt') : 'inside.txt', folder.at(`next`))
          renameSync(folder.at('next'), folder.at('link.txt'))
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      const swapped = swap()
      const seen = new Set<string>()
      for (let attempt = 0; attempt < 500; attempt++) {
        const file = await openFile(folder.path, 'link.txt')
        if (file !== undefined) await closeFile(file)
        seen.add(file === undefined ? 'nothing' : `${file.stats.size} bytes`)
      }
      swapping = false
      await swapped
      expect(seen).toEqual(new Set(['nothing', '6 bytes']))
    })
  })

  it('serves a root that is below a dotfile folder', async () => {
    const folder = testFolder()
    folder.put('.cache/media/a.txt', 'a')
    expect(await textOf(folder, 'a.txt', folder.at('.cache/media'))).toBe('a')
  })

  it('serves the root of the file system', async () => {
    const folder = testFolder()
    folder.put('a.txt', 'a')
    expect(await textOf(folder, folder.at('a.txt').slice(1), '/')).toBe('a')
  })

  it('keeps reading the opened file after it was replaced or removed', async () => {
    const folder = testFolder()
    folder.put('a.txt', 'old')
    const file = await openFile(folder.path, 'a.txt')
    if (file === undefined) throw new Error('The file was not found')
    const bytes = new Uint8Array(3)
    folder.put('a.txt', 'new')
    await poolRead(file.fd, bytes, 0)
    expect(new TextDecoder().decode(bytes)).toBe('old')
    rmSync(folder.at('a.txt'))
    await poolRead(file.fd, bytes, 0)
    expect(new TextDecoder().decode(bytes)).toBe('old')
    await closeFile(file)
  })

  it('serves a file that has a hard link elsewhere', async () => {
    const [folder, outside] = [testFolder(), testFolder()]
    outside.put('a.txt', 'a')
    linkSync(outside.at('a.txt'), folder.at('a.txt'))
    expect(await textOf(folder, 'a.txt')).toBe('a')
  })

  it('finds a file at every moment while it is being replaced', async () => {
    const folder = testFolder()
    folder.put('a.txt', '0')
    let writing = true
    const write = async () => {
      for (let version = 1; writing; version++) {
        folder.put('a.txt', String(version))
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    }
    const written = write()
    for (let attempt = 0; attempt < 300; attempt++) {
      const file = await openFile(folder.path, 'a.txt')
      expect(file).toBeDefined()
      if (file !== undefined) await closeFile(file)
    }
    writing = false
    await written
  })

  it('throws other faults unchanged', async () => {
    await expect(openFile('\0', 'a.txt')).rejects.toThrow(TypeError)
  })
})

describe('closeFile', () => {
  it('ignores a descriptor that is already closed', async () => {
    const folder = testFolder()
    writeFileSync(folder.at('a.txt'), 'a')
    const file = await openFile(folder.path, 'a.txt')
    if (file === undefined) throw new Error('The file was not found')
    await closeFile(file)
    await expect(closeFile(file)).resolves.toBeUndefined()
  })
})

describe('errorCode', () => {
  it('is the code of a system error, and empty for anything else', () => {
    expect(errorCode(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe('ENOENT')
    expect(errorCode(Object.assign(new Error('x'), { code: 5 }))).toBe('')
    expect(errorCode(new Error('x'))).toBe('')
    expect(errorCode({ code: 'ENOENT' })).toBe('')
    expect(errorCode(undefined)).toBe('')
  })
})
