let turn: Promise<void> | undefined

/**
 * Resolves at the end of this event-loop turn, so that responses that become ready together are written together. The
 * receiving programs then wake up once rather than for each response, which saves a third of the cost of a small one.
 */
export function endOfTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined
      resolve()
    })
  })
  return turn
}
