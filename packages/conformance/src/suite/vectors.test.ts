import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { schemaErrors } from '../../test/support/json-schema.ts'
import { knownNeeds } from './needs.ts'
import { compareSections, sectionNames, vectorFiles, vectors } from './vectors.ts'

const folder = new URL('../vectors/', import.meta.url)
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
const names = readdirSync(folder).filter((name) => !['schema.json', 'sections.json'].includes(name))

describe('vectors', () => {
  it.each(names)('in %s follow the schema', (name) => {
    expect(schemaErrors(read(name), read('schema.json'))).toEqual([])
  })

  it('include every file of the folder', () => {
    expect(vectorFiles).toHaveLength(names.length)
  })

  it('are at least 220', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(220)
  })

  it('have unique ids', () => {
    expect(new Set(vectors.map(({ id }) => id)).size).toBe(vectors.length)
  })

  it('differ in request, answers or needs', () => {
    const texts = vectors.map(({ request, accept, needs }) => JSON.stringify([request, accept, needs]))
    expect(new Set(texts).size).toBe(vectors.length)
  })

  it('cite sections that have a name', () => {
    expect(vectors.filter(({ section }) => sectionNames[section] === undefined)).toEqual([])
  })

  it('have known needs only', () => {
    const needed = vectors.flatMap(({ needs = [] }) => needs.map((need) => need.split(':')[0]))
    expect(needed.filter((need) => !knownNeeds.includes(need ?? ''))).toEqual([])
  })

  it('permit at least one answer', () => {
    expect(vectors.filter(({ accept }) => accept.length === 0)).toEqual([])
  })

  it('permit an answer other than not-offered', () => {
    const hollow = vectors.filter(({ accept }) => accept.every(({ means }) => means === 'not-offered'))
    expect(hollow).toEqual([])
  })
})

describe('compareSections', () => {
  it('orders by number, not by letter', () => {
    const sections = ['9112 §6.3', '9110 §14.2', '9110 §5.1', '9110 §14.1.1']
    expect(sections.toSorted(compareSections)).toEqual([
      '9110 §5.1',
      '9110 §14.1.1',
      '9110 §14.2',
      '9112 §6.3',
    ])
  })
})
