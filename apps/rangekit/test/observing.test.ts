import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange } from '@rangekit/test-kit/raw'
import { findTool } from '@rangekit/test-kit/tools'
import { describe, expect, it } from 'vitest'
import { startServer } from './support/server.ts'

/** What docs/observing.md says of the log, tried. */
const page = readFileSync(new URL('../../../docs/observing.md', import.meta.url), 'utf8')

function block(language: string): string {
  const [, found] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(page) ?? []
  if (found === undefined) throw new Error(`The page has no block of ${language}`)
  return found
}

const entry = (changes: object) =>
  JSON.stringify({
    time: '2026-11-30T08:15:00.007Z',
    level: 'info',
    event: 'request',
    path: '/api/stream/a.txt',
    status: 206,
    bytes: 2,
    length: 2,
    ms: 1.5,
    outcome: 'complete',
    client: '192.0.2.7',
    ...changes,
  })
const LOG = [
  entry({}),
  entry({ ms: 7.25, client: '192.0.2.8', bytes: 5 }),
  entry({ status: 500, outcome: 'failed', cause: 'Error: no', length: 27, bytes: 27 }),
  entry({ outcome: 'aborted', length: 1_000_000, ms: 900 }),
  '{"time":"2026-11-30T08:15:01.000Z","level":"error","event":"message","message":"Error: no"}',
]

const jq = findTool('jq', 'jq')
const logrotate = findTool('logrotate', 'logrotate')

describe.skipIf(jq === undefined)('the questions to a log of JSON', () => {
  const folder = sharedFolder(({ put }) => put('requests.log', `${LOG.join('\n')}\n`))
  const lines = block('sh jq').split('\n').filter(Boolean)
  const questions = lines.flatMap((line, index) =>
    line.startsWith('# ') ? [[line, lines[index + 1] ?? '']] : [],
  )
  const answers = [
    '      1 aborted\n      2 complete\n      1 failed\n',
    '2026-11-30T08:15:00.007Z\t/api/stream/a.txt\tError: no\n',
    '192.0.2.7\t31\n192.0.2.8\t5\n',
    '7.25\n',
  ]

  it.each(questions.map(([name, command], index) => [name, command, answers[index]]))(
    '%s',
    (_, command = '', answer) => {
      expect(execFileSync('sh', ['-c', command], { cwd: folder.path, encoding: 'utf8' })).toBe(answer)
    },
  )

  it('are asked of the journal as well', () => {
    const [, filter = ''] = /journalctl .* \| (jq .*)/.exec(page) ?? []
    const journal = `Rangekit is serving ./media at http://127.0.0.1:8001/\n${LOG.join('\n')}\n`
    expect(execFileSync('sh', ['-c', filter], { input: journal, encoding: 'utf8' })).toBe(`${LOG[2]}\n`)
  })
})

describe.skipIf(logrotate === undefined)('a log that logrotate moves', () => {
  const folder = sharedFolder(({ put }) => put('media/a.txt', 'hello'))
  const server = sharedServer(() =>
    startServer(folder.at('media'), { args: ['--log', 'json', '--log-file', folder.at('requests.log')] }),
  )

  it('goes on in a new file, and loses no line', async () => {
    const count = (name: string) =>
      readFileSync(folder.at(name), { encoding: 'utf8', flag: 'a+' }).split('\n').length - 1
    let asked = 0
    const ask = async () => {
      asked++
      await exchange(server.port, 'GET /api/stream/a.txt')
    }
    await ask()
    await expect.poll(() => count('requests.log'), { interval: 20 }).toBe(1)
    const rule = block('logrotate').replace('/var/log/rangekit/*.log', folder.at('requests.log'))
    const config = folder.put('rotate.conf', rule)
    execFileSync(logrotate ?? '', ['--force', '--state', folder.at('state'), config])
    const goesOn = async () => {
      await ask()
      return count('requests.log')
    }
    await expect.poll(goesOn, { interval: 200 }).toBeGreaterThan(0)
    await server.stop()
    expect(count('requests.log.1') + count('requests.log')).toBe(asked)
    expect(count('requests.log.1')).toBeGreaterThan(0)
  })
})
