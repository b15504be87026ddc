import { describe, expect, it } from 'vitest'
import { allowedHosts, hostOf } from './allowed-hosts.ts'

const isAllowed = allowedHosts({
  host: 'bound.dev',
  machine: 'Desk',
  allowed: ['media.dev', '.proxy.dev'],
})

describe('the names under which a server answers', () => {
  it.each([
    'localhost',
    'media.localhost',
    '127.0.0.1',
    '192.168.1.5',
    '[::1]',
    'nas',
    'desk',
    'desk.local',
    'bound.dev',
    'media.dev',
    'a.b.proxy.dev',
    'proxy.dev',
    'films.test',
    'films.example',
    'www.example.com',
    'nas.home.arpa',
  ])('%s is one of them', (name) => {
    expect(isAllowed(name)).toBe(true)
  })

  it.each([
    'attacker.dev',
    'localhost.attacker.dev',
    'xmedia.dev',
    'media.dev.attacker.dev',
    'notproxy.dev',
    'other.local',
    '127.0.0.1.attacker.dev',
    '1.2.3.4.5',
    'desk.attacker.dev',
    'xlocalhost.dev',
    'example.com.attacker.dev',
    'xexample.com',
  ])('%s is not', (name) => {
    expect(isAllowed(name)).toBe(false)
    expect(isAllowed(name)).toBe(false)
  })

  it('are all names with *', () => {
    expect(allowedHosts({ host: '::', machine: 'desk', allowed: ['*'] })('attacker.dev')).toBe(true)
  })

  it('take no more memory with ever more of them', () => {
    for (let index = 0; index < 1000; index++) expect(isAllowed(`n${index}.attacker.dev`)).toBe(false)
    expect(isAllowed('media.dev')).toBe(true)
  })

  it.each([
    ['http://Media.example:8001/a', 'media.example'],
    ['http://127.0.0.1/', '127.0.0.1'],
    ['http://localhost.:8001/', 'localhost'],
    ['https://[::1]:8001/a:9/', '[::1]'],
    ['http://media.example/://other.example/', 'media.example'],
  ])('are read from URLs: %s has %s', (url, host) => {
    expect(hostOf(url)).toBe(host)
  })
})
