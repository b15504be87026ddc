import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { describe, expect, it } from 'vitest'
import { keepState, stateFolder } from './state-folder.ts'

describe('the state folder', () => {
  const usual = join(homedir(), '.local/state/rangekit')
  it.each([
    [{}, usual],
    [{ XDG_STATE_HOME: '/state' }, '/state/rangekit'],
    [{ XDG_STATE_HOME: 'state' }, usual],
    [{ XDG_STATE_HOME: '' }, usual],
    [{ STATE_DIRECTORY: '/var/lib/rangekit:/var/lib/other', XDG_STATE_HOME: '/state' }, '/var/lib/rangekit'],
  ])('with %j is %s', (env, expected) => {
    expect(stateFolder(env, 'linux')).toBe(expected)
  })
})

describe('what is kept in it', () => {
  const folder = sharedFolder()

  it('is made once, for this user alone', () => {
    const at = folder.at('a/b')
    expect(keepState('secret', () => 'first', at)).toBe('first')
    expect(keepState('secret', () => 'second', at)).toBe('first')
    expect(statSync(at).mode & 0o777).toBe(0o700)
    expect(statSync(join(at, 'secret')).mode & 0o777).toBe(0o600)
    expect(readdirSync(at)).toEqual(['secret'])
  })

  it('is that of another process which was faster', () => {
    const at = folder.at('race')
    const make = () => {
      keepState('secret', () => 'faster', at)
      return 'slower'
    }
    expect(keepState('secret', make, at)).toBe('faster')
    expect(readdirSync(at)).toEqual(['secret'])
  })

  it('is nothing where nothing can be written', () => {
    folder.put('file', '')
    expect(keepState('secret', () => 'x', folder.at('file/state'))).toBeUndefined()
    mkdirSync(folder.at('taken/secret'), { recursive: true })
    expect(keepState('secret', () => 'x', folder.at('taken'))).toBeUndefined()
    expect(existsSync(folder.at('taken/secret'))).toBe(true)
  })
})
