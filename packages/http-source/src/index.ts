export { OriginError, type OriginFault } from './origin/origin-error.ts'
export type { OriginVersion } from './origin/origin-version.ts'
