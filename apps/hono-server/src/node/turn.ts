let turn: Promise<void> | undefined

/**
 * When the event loop has seen to all that is ready now. What answers there are is then written in one go: the
 * programs that wait for them are woken once rather than by each, which is a third of what a small answer takes.
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
