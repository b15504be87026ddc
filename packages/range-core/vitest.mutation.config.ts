import { defineConfig } from 'vitest/config'

/** For `npm run mutation`: the tests that tell mutants of the core, without those that test the tests. */
export default defineConfig({
  test: {
    include: ['src/*.test.ts'],
    exclude: ['src/testing.test.ts', 'src/examples.test.ts'],
    env: { RANGEKIT_RUNS: '300' },
  },
})
