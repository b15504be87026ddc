#!/usr/bin/env node
import { addCheck } from './command/check.ts'
import { addOrigin } from './command/origin.ts'
import { newProgram } from './command/program.ts'

const program = newProgram()
addCheck(program)
addOrigin(program)
await program.parseAsync()
