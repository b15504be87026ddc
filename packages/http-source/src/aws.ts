/**
 * Credentials from the environment and from `~/.aws`, on Node, Bun and Deno.
 *
 * @module
 */
export { OriginError } from './origin/origin-error.ts'
