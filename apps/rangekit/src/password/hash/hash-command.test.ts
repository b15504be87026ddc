import { describe, expect, it } from 'vitest'
import { hashCommand } from './hash-command.ts'

describe('rangekit hash', () => {
  it.each([
    [['a:b'], /argument 'user'\. Expected a user: a user name has at most/],
    [[''], /Expected a user: the user name is empty\./],
    [['alice', '--cost', '3'], /Expected a whole number from 4 to 16\./],
    [['alice', '--cost', '17'], /Expected a whole number from 4 to 16\./],
    [['alice', '--cost', '1e1'], /Expected a whole number from 4 to 16\./],
    [[], /missing required argument 'user'/],
    [['alice', 'secret'], /too many arguments/],
  ])('refuses %j', async (args, problem) => {
    const command = hashCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
    await expect(command.parseAsync(args, { from: 'user' })).rejects.toThrow(problem)
  })
})
