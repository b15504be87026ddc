import { existsSync, readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

// One project per package and app.
const folders = ['packages', 'apps'].flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`))
const projects = folders.map((root) => ({ name: root, root, include: ['{src,test}/**/*.test.ts'], env: {} }))

// Tests in this folder run once per runtime, and start servers on the one that RANGEKIT_RUNTIME names.
const EVERY_RUNTIME = 'test/every-runtime'
for (const root of folders.filter((folder) => existsSync(`${folder}/${EVERY_RUNTIME}`))) {
  for (const runtime of ['bun', 'deno']) {
    projects.push({
      name: `${root} on ${runtime}`,
      root,
      include: [`${EVERY_RUNTIME}/*.test.ts`],
      env: { RANGEKIT_RUNTIME: runtime },
    })
  }
}

// Overwrites each pooled buffer as soon as it is released, for tests that call `serve` in their own process.
const poison = ['../../packages/server/test/support/poison.ts']

// The apps' tests start servers, browsers and thousands of connections, so one file runs at a time.
const alone = projects.filter(({ root }) => root.startsWith('apps/'))

export default defineConfig({
  test: {
    // Only to end what hangs. Tests that judge durations measure them, since other work may slow the machine.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 10_000 } },
    projects: projects.map((project) => {
      const { root, ...test } = project
      const turn = alone.indexOf(project)
      return {
        extends: true as const,
        root,
        test: {
          ...test,
          environment: 'node',
          setupFiles: turn >= 0 ? poison : [],
          // The packages' light tests come first. Order 0 would put them last where there is one worker for them.
          sequence: { groupOrder: turn + 2 },
          ...(turn >= 0 && { maxWorkers: 1 }),
        },
      }
    }),
  },
})
