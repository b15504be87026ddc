export { DEFAULTS, type RunningServer, type ServeOptions } from './options.ts'
export { serve } from './serve.ts'
