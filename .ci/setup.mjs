// `npm run setup`, and the first step of `npm test`: installs the whole workspace. Scripts after it find the pinned
// Node first in PATH.
import { installWhole } from './install.mjs'

await installWhole().catch((error) => {
  console.error(`rangekit: ${error.message}`)
  process.exitCode = 1
})
