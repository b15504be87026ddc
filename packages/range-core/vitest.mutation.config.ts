import { defineConfig } from 'vitest/config'

/** For `npm run mutation`: the tests of the core, with fewer random fields, since each mutant runs them. */
export default defineConfig({
  test: {
    include: ['src/*.test.ts'],
    env: { RANGEKIT_RUNS: '300' },
  },
})
