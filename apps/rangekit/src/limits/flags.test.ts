import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addLimitFlags, type LimitFlags, limitProblem, limitsOfWorker } from './flags.ts'

/** What the options say; throws the line that the command would print. */
function parse(...args: string[]): LimitFlags {
  let line = ''
  const command = addLimitFlags(new Command())
    .exitOverride()
    .configureOutput({
      writeErr(text) {
        line = text
      },
    })
  try {
    return command.parse(args, { from: 'user' }).opts()
  } catch {
    throw new Error(line)
  }
}

it.each([
  ['--rate', '10M', { rate: 10_000_000 }],
  ['--rate', '1kB', { rate: 1000 }],
  ['--total-rate', '1.5MiB', { totalRate: 1_572_864 }],
  ['--max-connections', '1000', { maxConnections: 1000 }],
  ['--max-connections-per-address', '6', { maxConnectionsPerAddress: 6 }],
])('%s %s is taken', (option, value, flags) => {
  expect(parse(option, value)).toEqual(flags)
})

it('nothing is limited by default', () => {
  expect(parse()).toEqual({})
})

it.each([
  ['--rate', '10', 'Expected bytes per second such as 10M or 512KiB, at least 1kB.'],
  ['--rate', '0', 'Expected bytes per second such as 10M or 512KiB, at least 1kB.'],
  ['--rate', 'fast', 'Expected bytes per second such as 10M or 512KiB, at least 1kB.'],
  ['--rate', '10Mbit', 'Expected bytes per second such as 10M or 512KiB, at least 1kB.'],
  ['--total-rate', '-1M', 'Expected bytes per second such as 10M or 512KiB, at least 1kB.'],
  ['--max-connections', '0', 'Expected a whole number from 1 to 9999999.'],
  ['--max-connections', '1.5', 'Expected a whole number from 1 to 9999999.'],
  ['--max-connections', '10000000', 'Expected a whole number from 1 to 9999999.'],
  ['--max-connections-per-address', 'all', 'Expected a whole number from 1 to 9999999.'],
])('%s %s is refused in one line', (option, value, reason) => {
  expect(() => parse(`${option}=${value}`)).toThrow(
    new RegExp(`^error: option '${option} <\\w+>' argument '${value}' is invalid. ${reason}\n$`),
  )
})

describe('with workers', () => {
  it('what is for all of them is divided', () => {
    const flags = { rate: 5000, totalRate: 9000, maxConnections: 11, maxConnectionsPerAddress: 4 }
    expect(limitsOfWorker(flags, 3)).toEqual({
      rate: 5000,
      totalRate: 3000,
      maxConnections: 3,
      maxConnectionsPerAddress: 4,
    })
    expect(limitsOfWorker({}, 3)).toEqual({})
  })

  it.each<[LimitFlags, string | undefined]>([
    [{ maxConnections: 3 }, '--max-connections is divided among the workers; name at least 4'],
    [{ totalRate: 3999 }, '--total-rate is divided among the workers; name at least 4 kB'],
    [{ maxConnections: 4, totalRate: 4000, rate: 1000, maxConnectionsPerAddress: 1 }, undefined],
    [{}, undefined],
  ])('four of them are refused in one line if there is too little: %j', (flags, problem) => {
    expect(limitProblem(flags, 4)).toBe(problem)
  })
})
