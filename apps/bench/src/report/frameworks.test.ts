import { describe, expect, it } from 'vitest'
import { frameworks } from '../frameworks/catalog.ts'
import { expectedFindings } from '../frameworks/faults.ts'
import { judgeNames } from '../frameworks/judge-name.ts'
import { ownId } from '../frameworks/results.ts'
import type { Outcome, Results } from '../results.ts'
import { renderFrameworkSpeed } from './frameworks.ts'
import { readKept } from './pages.ts'

describe('the kept results of frameworks', () => {
  it('are those of all frameworks', async () => {
    const { judged } = (await readKept()).frameworks
    expect(judged.map(({ id }) => id)).toEqual(Object.keys(frameworks))
  })

  it('have no fault that the page does not explain, and all that it explains', async () => {
    const { judged } = (await readKept()).frameworks
    for (const { id, findings } of judged) {
      for (const judge of judgeNames) {
        expect([id, judge, findings[judge] ?? []]).toEqual([id, judge, expectedFindings(id, judge)])
      }
    }
  })
})

describe('the table of speed', () => {
  const figure = (value: number): readonly Outcome[] => [{ kind: 'figure', value }]
  const server = (id: string, outcomes: Results['servers'][number]['outcomes']) => {
    return { id, title: `the title of ${id}`, version: '1.0', setup: '', outcomes }
  }
  const table = renderFrameworkSpeed({
    date: '2026-01-02T03:04:05Z',
    machine: 'a machine',
    client: 'a client',
    rounds: 1,
    seconds: 1,
    servers: [
      server('rangekit-node', { 'range-1m': figure(2e9), 'range-1k': figure(20_000) }),
      server('express', { 'range-1m': figure(1.9e9), 'range-1k': figure(15_000) }),
      server(ownId('express'), { 'range-1m': figure(0.5e9), 'range-1k': figure(7500) }),
      server('koa', { 'range-1m': figure(1e9), 'range-1k': figure(10_000) }),
      server(ownId('koa'), { 'range-1m': [{ kind: 'failed', reason: 'answers 200' }] }),
    ],
  })

  it('compares with the helper of the framework, and with our own server', () => {
    const helper = `the title of ${ownId('express')} 1.0`
    const cells = [
      'Express 1.0',
      helper,
      '1,900 ±0 %',
      '500 ±0 %',
      '3.80',
      '0.95',
      '15,000 ±0 %',
      '7,500 ±0 %',
      '2.00',
    ]
    expect(table).toContain(`| ${cells.join(' | ')} |\n`)
  })

  it('says of a helper that sends whole files that it has no ranges', () => {
    expect(table).toContain('| 1,000 ±0 % | no ranges | – | 0.50 | 10,000 ±0 % | – | – |\n')
  })
})
