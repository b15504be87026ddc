import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addLogFlags, type LogFlags, logFormat, logProblem } from './flags.ts'

function parse(...args: string[]): LogFlags {
  const command = addLogFlags(new Command('rangekit'))
    .exitOverride()
    .configureOutput({ writeErr() {} })
  return command.parse(args, { from: 'user' }).opts()
}

describe('the options of the log', () => {
  it.each([
    [[], 'text', 'none'],
    [['--log', 'json'], 'json', 'json'],
    [['--log', 'none'], 'none', 'none'],
    [['--quiet'], 'none', 'none'],
    [['--quiet', '--log', 'none'], 'none', 'none'],
    [['--log-file', 'a.log'], 'text', 'text'],
    [['--log-file', 'a.log', '--quiet'], 'text', 'text'],
    [['--log-file', 'a.log', '--log', 'json', '--quiet'], 'json', 'json'],
  ])('%j give %s on a terminal, and %s elsewhere', (args, onTerminal, elsewhere) => {
    const flags = parse(...args)
    expect(logProblem(flags)).toBeUndefined()
    expect([logFormat(flags, true), logFormat(flags, false)]).toEqual([onTerminal, elsewhere])
  })

  it.each([
    [['--log-file', ''], '--log-file needs the name of a file'],
    [['--log', 'none', '--log-file', 'a.log'], '--log none leaves nothing to write to --log-file'],
    [['--log', 'json', '--quiet'], '--quiet and --log contradict each other; add --log-file, or omit one'],
  ])('refuse %j', (args, problem) => {
    expect(logProblem(parse(...args))).toBe(problem)
  })

  it.each([
    [['--log', 'xml'], 'Allowed choices are text, json, none'],
    [['--log-file'], "option '--log-file <file>' argument missing"],
    [['--trust-proxy', 'all'], 'Expected loopback, private, addresses or networks'],
  ])('refuse to parse %j', (args, problem) => {
    expect(() => parse(...args)).toThrow(problem)
  })
})
