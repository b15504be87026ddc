import { heavyFrameworks } from '../src/frameworks/heavy.ts'
import { testExamples } from './support/frameworks.ts'

// Their dependencies are many, and builds take minutes: `.ci/run` asks for them apart, after `npm test`.
const wanted = process.env['RANGEKIT_HEAVY'] === 'true'
if (!wanted) console.warn('SKIPPED: examples that are built first; set RANGEKIT_HEAVY=true to judge them')

testExamples(heavyFrameworks, wanted)
