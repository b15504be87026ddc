/**
 * The `code` of a system error, such as `ENOENT`; empty for anything else.
 *
 * @example
 * errorCode(new Error('no system error')) // ''
 */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
