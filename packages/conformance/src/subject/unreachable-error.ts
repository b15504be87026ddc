/** The URL cannot be judged: there is no answer to a plain GET, or nothing says how many bytes there are. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}
