export { type HttpSourceOptions, httpSource } from './http-source.ts'
export { OriginError, type OriginErrorOptions, type OriginFault } from './origin/origin-error.ts'
export type { OriginOptions, OriginRequest } from './origin/origin-options.ts'
export type { OriginSourceOptions } from './origin/origin-source.ts'
