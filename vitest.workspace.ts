import { existsSync, readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

// One project per package and app; a test file stands beside what it tests.
const folders = ['packages', 'apps'].flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`))
const projects = folders.map((root) => ({ name: root, root, include: ['{src,test}/**/*.test.ts'], env: {} }))

// Tests in this folder start servers on the runtime that RANGEKIT_RUNTIME names, and run once for each.
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

// Buffers that a server gives back are overwritten at once, also where a test serves by itself.
const poison = ['../../packages/server/test/support/poison.ts']

// The apps' tests start servers, browsers and thousands of connections: each file has the machine for itself.
const alone = projects.filter(({ root }) => root.startsWith('apps/'))

export default defineConfig({
  test: {
    // Ends what hangs. How long a thing may take is not for these to say: other work may have the machine.
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
          ...(turn >= 0 && { maxWorkers: 1, sequence: { groupOrder: turn + 1 } }),
        },
      }
    }),
  },
})
