/** Serves an app on whichever runtime this is. */
export { serve } from './node.ts'
