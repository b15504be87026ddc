import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addMetricsFlags, type MetricsFlags, metricsAddress, metricsProblem } from './flags.ts'

function parse(...args: string[]): MetricsFlags {
  const command = addMetricsFlags(new Command('rangekit'))
    .exitOverride()
    .configureOutput({ writeErr() {} })
  return command.parse(args, { from: 'user' }).opts()
}

const files = { port: 8001, host: '127.0.0.1' }

describe('the options of metrics', () => {
  it.each([
    ['nothing', [], {}],
    ['the port of the files', ['--metrics'], {}],
    ['a port of their own', ['--metrics-port', '9100'], {}],
    ['a port of their own for all', ['--metrics-port', '9100', '--metrics-host', '0.0.0.0'], {}],
    ['a free port', ['--metrics-port', '0'], { port: 0 }],
    ['the port of the files on another address', ['--metrics-port', '8001'], { host: '192.0.2.1' }],
    ['the port of the files behind a password', ['--metrics'], { secretFile: 'secrets', auth: ['a:b'] }],
    ['a port of their own, with signed links', ['--metrics-port', '9100'], { secretFile: 'secrets' }],
  ])('allow %s', (_, args, others) => {
    expect(metricsProblem({ ...files, ...others, ...parse(...args) })).toBeUndefined()
  })

  it.each([
    [['--metrics-host', '0.0.0.0'], {}, '--metrics-host needs --metrics-port'],
    [['--metrics', '--metrics-host', '0.0.0.0'], {}, '--metrics-host needs --metrics-port'],
    [
      ['--metrics-port', '8001'],
      {},
      '--metrics-port is that of the files, 8001; choose another, or use --metrics',
    ],
    [
      ['--metrics'],
      { secretFile: 'secrets' },
      '--metrics would show to everybody what signed links protect; use --metrics-port, or add --auth',
    ],
  ])('refuse %j with %j', (args, others, problem) => {
    expect(metricsProblem({ ...files, ...others, ...parse(...args) })).toBe(problem)
  })

  it.each([
    [['--metrics-port', 'x'], 'Expected a port from 0 to 65535.'],
    [['--metrics-port', '65536'], 'Expected a port from 0 to 65535.'],
    [['--metrics-port', '-1'], 'Expected a port from 0 to 65535.'],
    [['--metrics-port', '1', '--metrics-host', ''], 'Expected an address such as 127.0.0.1 or ::.'],
  ])('refuse to parse %j', (args, problem) => {
    expect(() => parse(...args)).toThrow(problem)
  })

  it.each([
    [[], undefined, undefined],
    [['--metrics'], undefined, '/metrics'],
    [['--metrics-port', '0'], 9100, 'http://127.0.0.1:9100/metrics'],
    [['--metrics-port', '9100', '--metrics-host', '::1'], 9100, 'http://[::1]:9100/metrics'],
  ])('%j, listening on %s, are read at %s', (args, metricsPort, address) => {
    expect(metricsAddress(parse(...args), { metricsPort })).toBe(address)
  })
})
