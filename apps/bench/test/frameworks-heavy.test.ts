import { heavyFrameworks } from '../src/frameworks/heavy.ts'
import { testExamples } from './support/frameworks.ts'

// Their dependencies are many, and builds take minutes, so `.ci/run` asks for them.
const { CI, RANGEKIT_HEAVY } = process.env
const wanted = CI === 'true' || RANGEKIT_HEAVY === 'true'
if (!wanted) console.warn('SKIPPED: examples that are built first; set RANGEKIT_HEAVY=true to judge them')

testExamples(heavyFrameworks, wanted)
