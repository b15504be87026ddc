/**
 * A real S3 server that checks signatures: OpenStack Swift with its S3 API, from Debian's packages.
 *
 * @module
 */
export { hasSwift } from './swift/find.ts'
export { type Swift, startSwift } from './swift/start.ts'
