import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { frameworks } from '../src/frameworks/catalog.ts'
import { EXAMPLES, exampleNames } from '../src/frameworks/example.ts'
import { faults } from '../src/frameworks/faults.ts'
import { lightFrameworks } from '../src/frameworks/light.ts'
import { testExamples } from './support/frameworks.ts'

testExamples(lightFrameworks)

it('has a row in the catalog for every example, and an example for every row', () => {
  expect(exampleNames().toSorted()).toEqual(Object.keys(frameworks).toSorted())
})

it('names faults of frameworks in the catalog only', () => {
  expect(faults.filter(({ framework }) => !(framework in frameworks))).toEqual([])
})

it.each(Object.entries(frameworks))('shows the door of %s as it is in the example', (name, { door }) => {
  const source = readFileSync(join(EXAMPLES, name, door.file), 'utf8')
  for (const line of door.lines) expect(source).toContain(line)
})
