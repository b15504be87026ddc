import { heavyFrameworks } from '../src/frameworks/heavy.ts'
import { testExamples } from './support/frameworks.ts'

testExamples(heavyFrameworks)
